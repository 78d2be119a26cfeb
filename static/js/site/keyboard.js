// Keys that people expect to work.
"use strict";

// Escape leaves a form that was opened in place, as its link "Cancel" does.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing) return;
  const form = event.target.closest("form[data-escape]");
  form?.querySelector(form.dataset.escape).click();
});

// A link that looks like a button reacts to Space, as buttons do.
document.addEventListener("keydown", (event) => {
  if (event.key !== " " || !event.target.matches("a.button")) return;
  event.preventDefault();
  event.target.click();
});
