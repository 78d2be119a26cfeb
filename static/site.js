// Comfort only: all works without it.
"use strict";

const on = document.addEventListener.bind(document), find = document.querySelector.bind(document);
const live = find("#status"), words = document.body.dataset; // what is said here, in the page's language

// Escape leaves an edit as Cancel does.
on("keydown", ({ key, isComposing, target }) => {
  const form = key === "Escape" && !isComposing && target.closest("form[data-escape]");
  if (form) form.querySelector(form.dataset.escape).click();
});

// Asked here, not on a page, and read from its heading on.
on("click", (event) => {
  const link = event.target.closest("[data-dialog]");
  if (!link) return;
  event.preventDefault();
  live.replaceChildren();
  const dialog = find(`#${link.dataset.dialog}`);
  dialog.showModal();
  dialog.querySelector("h2").focus();
});

// WebKit types nothing into a field that a fragment link leads to.
on("click", (event) => {
  const link = event.target.closest(".summary a");
  if (!link) return;
  event.preventDefault();
  find(link.hash).focus();
});

// A link like a button reacts to Space.
on("keydown", (event) => {
  if (event.key !== " " || !event.target.matches("a.button")) return;
  event.preventDefault();
  event.target.click();
});

// Firefox and WebKit draw no ring around a focus that a script moved, once the mouse was used.
let byKeyboard = false;
on("keydown", () => { byKeyboard = true; }, true);
on("pointerdown", () => { byKeyboard = false; }, true);
function drawRing(element) {
  if (!byKeyboard || element === document.body) return;
  element.blur();
  element.focus({ focusVisible: true });
}

// An edit opens selected, and refused keeps its very field, so that voices hear the error. Lost focus goes to the sessions.
on("htmx:after:swap", ({ target }) => {
  target.closest?.("form[data-escape]")?.querySelector("[aria-invalid]")?.focus();
  if (document.activeElement === document.body) find("#sessions-heading")?.focus();
  const focused = document.activeElement;
  if (focused.matches("input[type=text][autofocus]")) focused.select();
  else if (!focused.matches("input")) drawRing(focused);
  focused.autofocus = false; // it has had its turn
  keepFocusInSight();
  offer();
  entitle();
});

// What is said stays clear of what has the focus: the page ends above it.
function keepFocusInSight() {
  const isOver = getComputedStyle(live).position === "fixed";
  document.documentElement.style.scrollPaddingBlockEnd = isOver ? `${live.offsetHeight + 32}px` : "";
  if (live.hasChildNodes() && !live.contains(document.activeElement)) document.activeElement.scrollIntoView({ block: "nearest" });
}

// The title tells errors.
const title = document.title.replace(`${words.error} `, "");
const entitle = () => { document.title = find("#problem, [aria-invalid]") ? `${words.error} ${title}` : title; };

function say(trouble, act) {
  const message = document.createElement("p"), button = document.createElement("button");
  const isHere = live.contains(document.activeElement);
  message.className = "trouble";
  message.append(trouble, " ");
  button.append(words.again);
  button.onclick = act;
  if (act) message.append(button);
  live.replaceChildren(message);
  if (isHere) button.focus();
  keepFocusInSight();
}

// No answer, or a proxy's page (ours vary by HX-Request-Type, or say where to go).
function sayNoAnswer({ detail: { ctx: { sourceElement: source } } }) {
  if (source.matches("[hx-trigger*=every]")) return; // it asks again by itself
  find("dialog[open]")?.close();
  say(navigator.onLine ? words.noAnswer : words.offline, () => (source.requestSubmit ? source.requestSubmit() : source.click()));
}

on("htmx:error", sayNoAnswer);
on("htmx:before:response", (event) => {
  const { headers, status } = event.detail.ctx.response;
  const isForm = status < 400 || [409, 410, 422, 429].includes(status) || headers.has("hx-retarget");
  const isOurs = headers.has("hx-redirect") || (isForm && headers.get("vary")?.includes("HX-Request-Type"));
  if (isOurs) return live.querySelector("p.trouble")?.remove();
  if (status === 413 && event.detail.ctx.sourceElement.id === "avatar-form") { // a proxy's: to try again is no use
    refusePhoto(find("#avatar-error").dataset.refused);
    photo().focus();
  } else if (headers.has("location")) location.assign(headers.get("location")); // HX-Redirect, where a proxy has dropped it
  else sayNoAnswer(event);
  event.preventDefault();
});

// Where a proxy drops HX-* headers, whole pages come for parts of one: they are gone to. A refused form is sent again
// as browsers do, for nothing was done and its page has what was typed.
on("htmx:after:request", (event) => {
  const { request, response, select, sourceElement: source, text } = event.detail.ctx;
  const { url } = response.raw, isElsewhere = url !== new URL(request.action, location).href;
  if (!/^\s*<!doctype/i.test(text) || (select && !isElsewhere)) return;
  event.preventDefault();
  if (response.status < 400) location.assign(url);
  else HTMLFormElement.prototype.submit.call(source);
});

// A password can be looked at, and is sent as one, or browsers would keep it as a text.
const offer = () => document.querySelectorAll(".reveal").forEach((button) => { button.hidden = false; });
offer();

// Others put elements beside fields (password managers) and into buttons (translators).
on("click", ({ target }) => {
  const button = target.closest(".reveal");
  if (!button) return;
  button.ariaPressed = button.ariaPressed === "false";
  find(`#${button.getAttribute("aria-controls")}`).type = button.ariaPressed === "true" ? "text" : "password";
});
on("mousedown", (event) => {
  if (event.target.closest(".reveal")) event.preventDefault(); // the cursor stays in the field
});
on("submit", ({ target }) => {
  target.querySelectorAll(".reveal[aria-pressed=true]").forEach((button) => button.click());
}, true);

// What is plainly weak; the server knows more.
function strength(password, own, minimum) {
  if ([...password].length < minimum) return "short";
  const others = own.reduce((left, word) => (word[2] ? left.replaceAll(word, "") : left), password);
  if (others.length * 2 < password.length) return "own";
  if (new Set(password.replace(/pass(word|wort)?|qwert.?|\d+$|1234|abcd/g, "").replace(/(.+)\1+/g, "$1")).size < 6) return "easy";
  return password.length < minimum * 1.5 ? "fair" : "strong";
}

// Shown at once; said when the typing rests, for voices drop what comes between two keys.
let pause;
on("input", ({ target: { form } }) => {
  const told = form?.querySelector(".strength");
  if (!told) return;
  const [password, ...own] = [told.dataset.of, "email", "name"].map((name) => form[name]?.value?.toLowerCase());
  const says = password && told.dataset[strength(password, own.join(" ").split(/[^\p{L}\d]+/u), told.dataset.minimum)];
  if (told.textContent !== says) told.textContent = says;
  clearTimeout(pause);
  pause = setTimeout(() => {
    const voice = find(`#${told.id}-said`);
    if (voice.textContent !== says) voice.textContent = says;
  }, 1000);
});

// A photo can be dropped or pasted, too. What was chosen is shown.
const photo = () => find("#avatar");
const isTooLarge = () => photo().files[0]?.size > 2 ** 24;
function refusePhoto(why) {
  const error = find("#avatar-error");
  photo().ariaInvalid = why ? true : null;
  error.role = why ? "alert" : null; // the server's comes with the focus, and is read with the field
  error.textContent = why;
  entitle();
}
function take(event) {
  const { files } = event.dataTransfer || event.clipboardData;
  if (!photo() || !files.length) return;
  event.preventDefault();
  const copy = new DataTransfer(); // Firefox empties the event's own list
  for (const file of files) copy.items.add(file);
  photo().files = copy.files;
  photo().dispatchEvent(new Event("change", { bubbles: true }));
  photo().focus();
}
on("dragover", (event) => photo() && event.preventDefault());
on("drop", take);
on("paste", take);

on("change", ({ target }) => {
  if (target !== photo()) return;
  live.replaceChildren();
  refusePhoto(isTooLarge() ? find("#avatar-error").dataset.tooLarge : "");
  const image = new Image();
  image.alt = "";
  image.onerror = () => image.remove();
  image.src = isTooLarge() ? "" : URL.createObjectURL(target.files[0] || new Blob());
  find("#preview").replaceChildren(image);
});

// One too large is not sent. XMLHttpRequest tells how far it has come.
on("htmx:before:request", (event) => {
  const { ctx } = event.detail, form = ctx.sourceElement;
  if (form.id !== "avatar-form" || !photo().files.length) return;
  if (!isTooLarge()) ctx.fetch = (url, options) => send(url, options, form.querySelector("progress"));
  else {
    event.preventDefault();
    photo().focus();
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
    const answer = new Response(sent.status === 204 ? null : sent.response, init);
    resolve(Object.defineProperty(answer, "url", { value: sent.responseURL }));
  };
  sent.onerror = reject;
  sent.onabort = () => reject(new DOMException("", "AbortError"));
  signal?.addEventListener("abort", () => sent.abort());
  sent.send(body);
});

on("click", ({ target }) => {
  const button = target.closest("#cancel-photo");
  if (!button) return;
  htmx.trigger(button.form, "htmx:abort");
  find("#change-photo").focus();
});

// htmx would send the page's address, query included. It is to say whose page this is.
const owner = { "X-Whose": words.whose ?? "" };
on("htmx:config:request", ({ detail: { ctx: { request: { headers } } } }) => {
  delete headers["HX-Current-URL"];
  Object.assign(headers, owner);
});

// Chromium keeps pages for Back even after a log-out: a private one hides when left, and asks again. With its
// session ended it keeps what is being typed.
if ("whose" in words) {
  addEventListener("pagehide", (event) => { document.documentElement.hidden = event.persisted; });
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  on("visibilitychange", async () => {
    if (document.hidden) return;
    const answer = await fetch("/profile/name", { method: "HEAD", redirect: "manual", headers: owner }).catch(() => 0);
    if (answer.type !== "opaqueredirect") return;
    if (find("form[data-escape]")) say(words.ended);
    else location.reload();
  });
}

// What was typed goes along into another language.
on("formdata", ({ target, formData }) => {
  if (!target.matches("footer .languages")) return;
  const edit = find("form[data-escape]"), form = edit || find("main form[method=post]");
  if (edit) formData.set("edit", edit.getAttribute("action"));
  for (const [name, value] of form ? new FormData(form) : []) {
    const isWorthIt = value.length && form.elements[name].type !== "password"; // a file has no length
    if (isWorthIt && !formData.has(name)) formData.append(name, value);
  }
});

// The clock proposes where nobody said.
const clock = Intl.DateTimeFormat().resolvedOptions().timeZone;
const here = find(`[data-unknown] :is([value="${clock}"], [data-also~="${clock}"])`);
if (here) here.selected = true;
