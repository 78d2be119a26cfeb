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
    if (isText && form.elements[name].type !== "password" && !formData.has(name)) formData.append(name, value);
  }
});

// Preselect the browser's time zone where none was chosen. A zone's other names stand in data-also.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const option = document.querySelector(`[data-unknown] :is([value="${zone}"], [data-also~="${zone}"])`);
if (option) option.selected = true;
