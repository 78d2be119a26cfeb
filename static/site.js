// Comfort only: all works without it.
"use strict";

const on = (type, act, early) => document.addEventListener(type, act, early);
const byId = (id) => document.getElementById(id);
const words = document.body.dataset; // what is said here, in the page's language

// Escape leaves an edit as Cancel does.
on("keydown", ({ key, isComposing, target }) => {
  const form = key === "Escape" && !isComposing && target.closest("form[data-escape]");
  if (form) form.querySelector(form.dataset.escape).click();
});

// A question with a page of its own is asked here.
on("click", (event) => {
  const dialog = byId(event.target.dataset.dialog);
  if (!dialog) return;
  event.preventDefault();
  dialog.showModal();
});

// What looks like a button reacts to Space, too.
on("keydown", (event) => {
  if (event.key !== " " || !event.target.matches("a.button")) return;
  event.preventDefault();
  event.target.click();
});

// An edit opens with its text selected.
on("htmx:after:swap", () => {
  const field = document.activeElement;
  if (field.matches("input[type=text][autofocus]")) field.select();
});

// The title says that a form has errors, as on a whole page.
const title = document.title;
on("htmx:after:swap", () => {
  if (title.startsWith(words.error)) return;
  const isRefused = document.querySelector("#problem, [aria-invalid]");
  document.title = isRefused ? `${words.error} ${title}` : title;
});

function say(trouble, act) {
  const message = document.createElement("p"), button = document.createElement("button"), status = byId("status");
  const isHere = status.contains(document.activeElement);
  message.className = "trouble";
  message.append(trouble, " ");
  button.append(words.again);
  button.onclick = act;
  if (act) message.append(button);
  status.replaceChildren(message);
  if (isHere) button.focus();
}

// No answer, or a proxy's error page: what was typed stays. Ours varies by HX-Request-Type, or says where to go.
const isOurs = (headers) => (headers.get("vary") || "").includes("HX-Request-Type") || headers.has("hx-redirect");

function sayNoAnswer({ detail: { ctx: { sourceElement: source } } }) {
  document.querySelector("dialog[open]")?.close();
  say(navigator.onLine ? words.noAnswer : words.offline, () => (source.requestSubmit ? source.requestSubmit() : source.click()));
}

on("htmx:error", sayNoAnswer);
on("htmx:before:response", (event) => {
  if (isOurs(event.detail.ctx.response.headers)) return byId("status").querySelector("p.trouble")?.remove();
  event.preventDefault();
  sayNoAnswer(event);
});

// A password can be looked at, and is sent as one, or browsers would keep it as a text.
const offer = () => document.querySelectorAll(".reveal").forEach((button) => { button.hidden = false; });
offer();
on("htmx:after:swap", offer);

on("click", ({ target }) => {
  if (!target.matches(".reveal")) return;
  target.ariaPressed = target.ariaPressed === "false";
  target.previousElementSibling.type = target.ariaPressed === "true" ? "text" : "password";
});
on("mousedown", (event) => {
  if (event.target.matches(".reveal")) event.preventDefault(); // the cursor stays in the field
});
on("submit", ({ target }) => {
  target.querySelectorAll(".reveal[aria-pressed=true]").forEach((button) => button.click());
}, true);

// What is plainly weak; the server knows more.
function strength(password, own, minimum) {
  if (password.length < minimum) return "short";
  if (own.some((word) => word[3] && password.includes(word))) return "own";
  if (new Set(password).size < 6 || /(.+)\1\1|1234|abcd|qwer/.test(password)) return "easy";
  return password.length < minimum * 1.5 ? "fair" : "strong";
}

on("input", ({ target: { form } }) => {
  const told = form?.querySelector(".strength");
  if (!told) return;
  const [password, ...own] = [told.dataset.of, "email", "name"].map((name) => form[name]?.value?.toLowerCase());
  const says = password && told.dataset[strength(password, own.join(" ").split(/[^\p{L}\d]+/u), told.dataset.minimum)];
  if (told.textContent !== says) told.textContent = says;
});

// A photo can be dropped or pasted, too. What was chosen is shown.
const photo = () => byId("avatar");
function take(event) {
  const { files } = event.dataTransfer || event.clipboardData;
  if (!photo() || !files.length) return;
  event.preventDefault();
  photo().files = files;
  photo().dispatchEvent(new Event("change", { bubbles: true }));
  photo().focus();
}
on("dragover", (event) => photo() && event.preventDefault());
on("drop", take);
on("paste", take);

on("change", ({ target }) => {
  if (target !== photo()) return;
  target.removeAttribute("aria-invalid");
  byId("avatar-error")?.remove();
  byId("status").replaceChildren();
  document.querySelector(".preview")?.remove();
  if (!target.files.length) return;
  const image = new Image();
  image.className = "preview";
  image.onerror = () => image.remove();
  image.src = URL.createObjectURL(target.files[0]);
  byId("portrait").append(image);
});

// One too large is not sent. fetch cannot tell how far one has come, XMLHttpRequest can.
on("htmx:before:request", (event) => {
  const { ctx } = event.detail, form = ctx.sourceElement, file = form.id === "avatar-form" && photo().files[0];
  if (!file) return;
  if (file.size <= 16 * 1024 * 1024) ctx.fetch = (url, options) => send(url, options, form.querySelector("progress"));
  else {
    event.preventDefault();
    say(form.dataset.tooLarge);
  }
});

const send = (url, { method, headers, body, signal }, bar) => new Promise((resolve, reject) => {
  const sent = new XMLHttpRequest();
  sent.open(method, url);
  sent.responseType = "blob";
  for (const name in headers) sent.setRequestHeader(name, headers[name]);
  sent.upload.onprogress = ({ loaded, total }) => { bar.value = loaded / total; };
  sent.onload = () => {
    const lines = sent.getAllResponseHeaders().trim().split("\r\n");
    const init = { status: sent.status, headers: lines.map((line) => line.split(/: (.*)/, 2)) };
    resolve(new Response(sent.status === 204 ? null : sent.response, init));
  };
  sent.onerror = reject;
  sent.onabort = () => reject(new DOMException("", "AbortError"));
  signal?.addEventListener("abort", () => sent.abort());
  sent.send(body);
});

on("click", ({ target }) => {
  if (target.id !== "cancel-photo") return;
  htmx.trigger(target.form, "htmx:abort");
  byId("change-photo").focus();
});

// htmx would send the page's address, query included.
on("htmx:config:request", (event) => {
  delete event.detail.ctx.request.headers["HX-Current-URL"];
});

// Chromium keeps pages for Back even after a log-out: a private one hides when it is left, and asks again.
// Its session ended, it says so, and keeps what is being typed.
if ("private" in words) {
  addEventListener("pagehide", (event) => { document.documentElement.hidden = event.persisted; });
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  on("visibilitychange", async () => {
    if (document.hidden) return;
    const answer = await fetch("/profile/name", { method: "HEAD", redirect: "manual" }).catch(() => 0);
    if (answer.type !== "opaqueredirect") return;
    if (document.querySelector("form[data-escape]")) say(words.ended);
    else location.reload();
  });
}

// What was typed goes along into another language.
on("formdata", ({ target, formData }) => {
  if (!target.matches("footer .languages")) return;
  const form = document.querySelector("main form[method=post]");
  for (const [name, value] of form ? new FormData(form) : []) {
    const isWorthIt = value && typeof value === "string" && form.elements[name].type !== "password";
    if (isWorthIt && !formData.has(name)) formData.append(name, value);
  }
});

// Where nobody has said, the clock proposes.
const zones = document.querySelector("select[data-unknown]");
const here = [...zones?.options ?? []].find(({ value }) => value === Intl.DateTimeFormat().resolvedOptions().timeZone);
if (here) here.selected = true;
