// Comfort only: everything works without this file.
"use strict";

// Escape leaves an edit the way its Cancel does.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing) return;
  const form = event.target.closest("form[data-escape]");
  if (form) form.querySelector(form.dataset.escape).click();
});

// A question that has a page of its own is asked on this one.
document.addEventListener("click", (event) => {
  const dialog = document.getElementById(event.target.dataset.dialog);
  if (!dialog) return;
  event.preventDefault();
  dialog.showModal();
});

// What looks like a button reacts to Space like one.
document.addEventListener("keydown", (event) => {
  if (event.key !== " " || !event.target.matches("a.button")) return;
  event.preventDefault();
  event.target.click();
});

// An edit opens with its text selected, so that typing replaces it.
document.addEventListener("htmx:after:swap", () => {
  const field = document.activeElement;
  if (field instanceof HTMLInputElement && field.type === "text" && field.autofocus) field.select();
});

// The title says that a form has come back with errors, as it does on a whole page.
const title = document.title;
document.addEventListener("htmx:after:swap", () => {
  if (title.startsWith(document.body.dataset.error)) return;
  const isRefused = document.querySelector("#problem, [aria-invalid]");
  document.title = isRefused ? `${document.body.dataset.error} ${title}` : title;
});

// No answer, or one that is not ours (a proxy's error page): say so, and leave the form and what was typed alone.
// All HTML of ours varies by HX-Request-Type, and what navigates says where to.
const isOurs = (headers) => (headers.get("vary") || "").includes("HX-Request-Type") || headers.has("hx-redirect");

function say(trouble) {
  const message = document.createElement("p");
  message.className = "trouble";
  message.textContent = trouble;
  document.getElementById("status").replaceChildren(message);
}

const sayNoAnswer = () => say(document.body.dataset.noAnswer);

document.addEventListener("htmx:before:response", (event) => {
  if (isOurs(event.detail.ctx.response.headers)) return;
  event.preventDefault();
  sayNoAnswer();
});

document.addEventListener("htmx:error", sayNoAnswer);

// A password can be looked at while it is typed, and is sent as one, or browsers would keep it as a text.
const offer = () => document.querySelectorAll(".reveal").forEach((button) => { button.hidden = false; });
offer();
document.addEventListener("htmx:after:swap", offer);

document.addEventListener("click", ({ target }) => {
  if (!target.matches(".reveal")) return;
  target.ariaPressed = target.ariaPressed === "false";
  target.previousElementSibling.type = target.ariaPressed === "true" ? "text" : "password";
});
document.addEventListener("mousedown", (event) => {
  if (event.target.matches(".reveal")) event.preventDefault(); // the cursor stays in the field
});
document.addEventListener("submit", ({ target }) => {
  target.querySelectorAll(".reveal[aria-pressed=true]").forEach((button) => button.click());
}, true);

// What is plainly weak in a new password, said when it changes. The server knows more.
function strength(password, own, minimum) {
  if (password.length < minimum) return "short";
  if (own.some((word) => word[3] && password.includes(word))) return "own";
  if (new Set(password).size < 6 || /(.+)\1\1|1234|abcd|qwer/.test(password)) return "easy";
  return password.length < minimum * 1.5 ? "fair" : "strong";
}

document.addEventListener("input", ({ target: { form } }) => {
  const told = form?.querySelector(".strength");
  if (!told) return;
  const [password, ...own] = [told.dataset.of, "email", "name"].map((name) => form[name]?.value?.toLowerCase());
  const words = password && told.dataset[strength(password, own.join(" ").split(/[^\p{L}\d]+/u), told.dataset.minimum)];
  if (told.textContent !== words) told.textContent = words;
});

// A photo that is too large is not sent in vain, and another choice ends what was said of the last one.
const PHOTO_LIMIT = 16 * 1024 * 1024;
document.addEventListener("htmx:before:request", (event) => {
  const form = event.detail.ctx.sourceElement;
  const file = form.querySelector?.("input[type=file]")?.files[0];
  if (!file || file.size <= PHOTO_LIMIT) return;
  event.preventDefault();
  say(form.dataset.tooLarge);
});

document.addEventListener("change", (event) => {
  if (event.target.type !== "file") return;
  event.target.removeAttribute("aria-invalid");
  document.getElementById(`${event.target.id}-error`)?.remove();
  document.getElementById("status").replaceChildren();
});

// htmx would send the page's full address, query included, with every request.
document.addEventListener("htmx:config:request", (event) => {
  delete event.detail.ctx.request.headers["HX-Current-URL"];
});

// Chromium keeps pages for Back even after a log-out. A private one hides when it is left and asks again when it is back.
if ("private" in document.body.dataset) {
  addEventListener("pagehide", (event) => {
    if (event.persisted) document.documentElement.hidden = true;
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
}

// Another language: what was typed on the page goes along, passwords excepted, and is there again in the new one.
document.addEventListener("formdata", ({ target, formData }) => {
  if (!target.matches("footer .languages")) return;
  const form = document.querySelector("main form[method=post]");
  for (const [name, value] of form ? new FormData(form) : []) {
    const isWorthIt = value && typeof value === "string" && form.elements[name].type !== "password";
    if (isWorthIt && !formData.has(name)) formData.append(name, value);
  }
});

// Who has not said where they are is asked whether it is where their clock says.
const zones = document.querySelector("select[data-unknown]");
const here = [...zones?.options ?? []].find(({ value }) => value === Intl.DateTimeFormat().resolvedOptions().timeZone);
if (here) here.selected = true;
