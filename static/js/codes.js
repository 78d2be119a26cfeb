// Recovery codes and the key of an app are copied, and printed, by buttons. Without this script they are selected, and
// printed by the browser.
"use strict";

const print = document.querySelector("#print-codes");
const status = document.querySelector("#status");

/** Show the buttons, which a fragment may have brought: it holds them hidden. Where the page is not served safely there
    is no clipboard. */
function showButtons() {
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard;
  if (print) print.hidden = false;
}

/** Say it on the button, and to screen readers. */
function sayCopied(button) {
  const words = document.createElement("p");
  words.className = "unseen";
  words.textContent = button.dataset.copied;
  status.replaceChildren(words);
  button.classList.add("done");
}

document.addEventListener("click", ({ target }) => {
  if (target === print) window.print();
  const button = target.closest("[data-copy]");
  if (!button) return;
  const source = document.querySelector(button.dataset.copy);
  navigator.clipboard.writeText(source.value ?? source.innerText).then(
    () => sayCopied(button),
    () => page.announceTrouble(button.dataset.failed),
  );
});

// A field that can only be read is selected as a whole.
document.addEventListener("focusin", ({ target }) => {
  if (target.matches("textarea[readonly]")) target.select();
});

document.addEventListener("htmx:after:swap", showButtons);
showButtons();
