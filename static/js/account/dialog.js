// A link to a page that asks "Are you sure?" opens a dialog with the same question.
"use strict";

const status = document.querySelector("#status");

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-dialog]");
  if (!link) return;
  event.preventDefault();
  status.replaceChildren();
  const dialog = document.querySelector(`#${link.dataset.dialog}`);
  dialog.tabIndex = -1;
  dialog.showModal();
  dialog.focus(); // itself, so that screen readers begin with the question: Orca has found its heading before
});

// While the dialog is open, screen readers know of nothing outside it: neither of the live region, nor of what is put
// there together with the list that takes the dialog away. So it is put there once more.
const REST = 300; // milliseconds until screen readers know of the whole page again
let isAnsweringDialog = false;

document.addEventListener("htmx:before:swap", ({ detail: { ctx: { sourceElement } } }) => {
  isAnsweringDialog = Boolean(sourceElement.closest("dialog[open]"));
});

document.addEventListener("htmx:after:swap", () => {
  if (isAnsweringDialog) setTimeout(() => status.replaceChildren(...status.childNodes), REST);
});
