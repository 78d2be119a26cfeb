// Forms that were opened in place.
"use strict";

// Escape leaves one, as its link "Cancel" does.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing) return;
  const form = event.target.closest("form[data-escape]");
  form?.querySelector(form.dataset.escape).click();
});

// One that was refused keeps its field in the page; focused again, it is read aloud with its error.
document.addEventListener("htmx:after:swap", ({ target }) => {
  const form = target.closest?.("form[data-escape]");
  form?.querySelector("[aria-invalid]")?.focus();
}, { capture: true }); // before that of site/focus.js
