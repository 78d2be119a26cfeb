// Comfort only: everything works without this file.
"use strict";

// Escape leaves an edit the way its Cancel does.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing) return;
  const form = event.target.closest("form[data-escape]");
  if (form) form.querySelector(form.dataset.escape).click();
});

// An edit opens with its text selected, so that typing replaces it.
document.addEventListener("htmx:after:swap", () => {
  const field = document.activeElement;
  if (field instanceof HTMLInputElement && field.type === "text" && field.autofocus) field.select();
});

// No answer, or one that is not ours (a proxy's error page): say so, and leave the form and what was typed alone.
// All HTML of ours varies by HX-Request-Type, and what navigates says where to.
const isOurs = (headers) => (headers.get("vary") || "").includes("HX-Request-Type") || headers.has("hx-redirect");

function sayNoAnswer() {
  const message = document.createElement("p");
  message.className = "trouble";
  message.textContent = document.body.dataset.noAnswer;
  document.getElementById("status").replaceChildren(message);
}

document.addEventListener("htmx:before:response", (event) => {
  if (isOurs(event.detail.ctx.response.headers)) return;
  event.preventDefault();
  sayNoAnswer();
});

document.addEventListener("htmx:error", sayNoAnswer);

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
