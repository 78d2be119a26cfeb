// The list of sessions.
"use strict";

// When the element that had the focus is gone, go on at the list instead of at the top of the page.
document.addEventListener("htmx:after:swap", ({ detail: { ctx: { sourceElement } } }) => {
  if (sourceElement.matches("[hx-trigger*=every]")) return; // it asks by itself, wherever the focus is
  if (document.activeElement === document.body) document.querySelector("#sessions-heading")?.focus();
}, { capture: true }); // before that of site/focus.js, which draws the focus ring
