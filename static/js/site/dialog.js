// A link to a page that asks "Are you sure?" opens a dialog with the same question.
"use strict";

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-dialog]");
  if (!link) return;
  event.preventDefault();
  page.clearStatus();
  const dialog = document.querySelector(`#${link.dataset.dialog}`);
  dialog.tabIndex = -1;
  dialog.showModal();
  dialog.focus(); // itself, so that screen readers begin with the question: Orca has found its heading before
});
