// The photo: chosen in its row, dropped or pasted, shown before it is sent, and sent with the progress in sight.
"use strict";

const MAX_SIZE = 2 ** 24; // bytes

// Looked up each time, because htmx swaps them.
const getField = () => document.querySelector("#avatar");
const getError = () => document.querySelector("#avatar-error");
const getChangeLink = () => document.querySelector("#change-photo"); // in the row; without it the field is in sight

function isTooLarge() {
  return getField().files[0]?.size > MAX_SIZE;
}

/** Show an error at the field; an empty one takes it away. It is an alert only when it comes from here: the server's
    comes with the focus on the field and is read aloud as its description. */
function showError(text) {
  const error = getError();
  if (!getChangeLink()) getField().ariaInvalid = text ? true : null;
  error.role = text ? "alert" : null;
  error.textContent = text;
  page.updateTitle();
}

/** Put a dropped or pasted file into the field, as if it had been chosen there. */
function takeFiles(event) {
  const { files } = event.dataTransfer || event.clipboardData;
  const field = getField();
  if (!field || !files.length) return;
  event.preventDefault();
  field.files = copyFiles(files);
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

/** Firefox empties the event's own list as soon as the event is over. */
function copyFiles(files) {
  const copy = new DataTransfer();
  for (const file of files) copy.items.add(file);
  return copy.files;
}

document.addEventListener("drop", takeFiles);
document.addEventListener("paste", takeFiles);
document.addEventListener("dragover", (event) => {
  if (getField()) event.preventDefault(); // or nothing could be dropped
});

document.addEventListener("click", (event) => {
  if (!event.target.closest("#change-photo")) return;
  event.preventDefault();
  getField().click();
});

document.addEventListener("change", ({ target }) => {
  if (target !== getField()) return;
  document.querySelector("#status").replaceChildren();
  if (isTooLarge()) refuse(getError().dataset.tooLarge);
  else {
    showError("");
    showChosen(target.files[0]);
    if (target.files.length) document.querySelector("#save-photo").focus();
  }
});

/** Say why a photo cannot be used, where another one can be chosen. */
function refuse(text) {
  showChosen(null);
  showError(text);
  (getChangeLink() ?? getField()).focus();
}

/** Offer to save the chosen photo; without one, to choose one. */
function showChosen(file) {
  showPreview(file);
  if (!getChangeLink()) return;
  if (!file) getField().value = "";
  document.querySelector("#chosen-photo").textContent = file?.name ?? ""; // for those who do not see the preview
  document.querySelector("#photo-chosen").hidden = !file;
  document.querySelector("#photo-actions").hidden = Boolean(file);
}

/** Show a file where the browser can; without one, or when it is no picture, show nothing. */
function showPreview(file) {
  document.querySelector("#preview").replaceChildren(...(file ? [createPreview(file)] : []));
}

function createPreview(file) {
  const image = new Image();
  image.alt = "";
  image.onload = () => URL.revokeObjectURL(image.src);
  image.onerror = () => image.remove();
  image.src = URL.createObjectURL(file);
  return image;
}

// A photo is sent by XMLHttpRequest, because fetch does not tell the progress. One that is too large, and still in the
// field where that is in sight, is not sent at all.
document.addEventListener("htmx:before:request", (event) => {
  const { ctx } = event.detail;
  const form = ctx.sourceElement;
  if (form.id !== "photo-form" || !getField().files.length) return;
  ctx.fetch = (url, options) => upload(url, options, form.querySelector("progress"));
});

document.addEventListener("submit", (event) => {
  if (event.target.id !== "photo-form" || !isTooLarge()) return;
  event.preventDefault();
  getField().focus();
}, true);

/** Do what fetch does, and move the progress bar. */
function upload(url, { method, headers, body, signal }, bar) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.responseType = "blob";
    for (const name in headers) request.setRequestHeader(name, headers[name]);
    request.upload.onprogress = ({ loaded, total }) => { bar.value = loaded / total; };
    request.onload = () => resolve(createResponse(request));
    request.onerror = reject;
    request.onabort = () => reject(new DOMException("", "AbortError"));
    signal?.addEventListener("abort", () => request.abort());
    request.send(body);
  });
}

/** Make of a finished XMLHttpRequest what fetch would have returned. */
function createResponse(request) {
  const lines = request.getAllResponseHeaders().trim().split("\r\n");
  const headers = lines.map((line) => line.split(/: (.*)/, 2));
  const body = request.status === 204 ? null : request.response; // 204 must not have one
  const response = new Response(body, { status: request.status, headers });
  return Object.defineProperty(response, "url", { value: request.responseURL });
}

// While the photo is being sent, "Cancel" stops that; before, it leaves the portrait as it was.
document.addEventListener("click", (event) => {
  const button = event.target.closest("#cancel-photo");
  if (!button) return;
  if (button.form.matches(".htmx-request")) {
    htmx.trigger(button.form, "htmx:abort");
    document.querySelector("#save-photo").focus();
  } else {
    showChosen(null);
    getChangeLink().focus();
  }
});

// Escape does what "Cancel" does.
document.addEventListener("keydown", ({ key, target }) => {
  if (key === "Escape" && target.closest("#photo-chosen")) document.querySelector("#cancel-photo").click();
});

// A proxy refuses large requests with a page of its own. To try again would not help.
document.addEventListener("htmx:before:response", (event) => {
  const { response, sourceElement } = event.detail.ctx;
  if (sourceElement.id !== "photo-form" || response.status !== 413 || page.isOurs(response, sourceElement)) return;
  event.preventDefault();
  event.stopPropagation(); // or site/responses.js would offer to try again
  refuse(getError().dataset.refused);
}, { capture: true });
