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

/** Return whether a field holds what may come back: not a password, and not what is filled in below. */
function isTyped({ type, dataset }) {
  return type !== "password" && dataset?.browser === undefined;
}

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Preselect the browser's time zone where none was chosen. A zone's other names stand in data-also. */
function preselectZone() {
  const option = document.querySelector(`[data-unknown] :is([value="${zone}"], [data-also~="${zone}"])`);
  if (option) option.selected = true;
}

/** Tell the forms that lead to a log-in, for an account that has no language and no time zone yet. */
function fillBrowserLocale() {
  const values = { language: navigator.language, timezone: zone };
  for (const field of document.querySelectorAll("[data-browser]")) field.value = values[field.name];
}

preselectZone();
fillBrowserLocale();
document.addEventListener("htmx:after:swap", preselectZone);
document.addEventListener("htmx:after:swap", fillBrowserLocale);
