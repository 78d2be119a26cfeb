// Language and time zone.
"use strict";

// When another language is chosen, send along what was typed in the page's form, so that it comes back in it.
document.addEventListener("formdata", ({ target, formData }) => {
  if (!target.matches("footer .languages")) return;
  const edit = document.querySelector("form[data-escape]");
  const form = edit || document.querySelector("main form[method=post]");
  if (edit) formData.set("edit", edit.getAttribute("action"));
  for (const [name, value] of form ? new FormData(form) : []) {
    const isText = value.length > 0; // a file has no length
    if (isText && isTyped(form.elements[name]) && !formData.has(name)) formData.append(name, value);
  }
});

/** Return whether a field holds what may come back: not a password, and not what the browser says of itself. */
function isTyped({ type, dataset }) {
  return type !== "password" && dataset?.browser === undefined;
}

const readZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;
page.readZone = readZone; // for zone.js

// Tell what the browser speaks and where it is, for an account that has no language and no time zone yet. Only when a
// form is sent: to find it out takes a phone longer than all else that is done when a page begins.
document.addEventListener("formdata", ({ target, formData }) => {
  if (!target.querySelector("[data-browser]")) return;
  const values = { language: navigator.language, timezone: readZone() };
  for (const { name } of target.querySelectorAll("[data-browser]")) formData.set(name, values[name]);
});
