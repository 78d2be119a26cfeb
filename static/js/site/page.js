// Every page works without JavaScript; these scripts make it more comfortable. Each file has a scope of its own
// (web/http/static.py puts a function around it), so what the other files need stands in `page`.
"use strict";

const messages = document.body.dataset; // texts in the page's language
const status = document.querySelector("#status"); // the live region: screen readers read aloud what is put there
const flash = status.querySelector(".flash > p")?.textContent; // what the page says from the first byte on
const title = document.title.replace(`${messages.error} `, "").replace(`${flash} – `, "");

/** Begin the title with "Error:" while the page shows one, as the server does for a whole page. */
function updateTitle() {
  const hasError = document.querySelector("#problem, [aria-invalid], .error:not(:empty)");
  document.title = hasError ? `${messages.error} ${title}` : title;
}

/** Show what went wrong. `retry` is what the button "Try again" does; without it there is no button. */
function announceTrouble(text, retry) {
  const hadFocus = status.contains(document.activeElement);
  const message = document.createElement("p");
  message.className = "trouble";
  message.append(text, " ");
  if (retry) message.append(createRetryButton(retry));
  status.replaceChildren(message);
  if (hadFocus) status.querySelector("button")?.focus();
  keepFocusInSight();
}

function createRetryButton(retry) {
  const button = document.createElement("button");
  button.append(messages.again);
  button.onclick = retry;
  return button;
}

function clearTrouble() {
  status.querySelector("p.trouble")?.remove();
}

/** Scroll so that a message fixed to the lower edge of the window does not cover the focused element. */
function keepFocusInSight() {
  const isFixed = getComputedStyle(status).position === "fixed";
  document.documentElement.style.scrollPaddingBlockEnd = isFixed ? `${status.offsetHeight + 32}px` : "";
  if (status.hasChildNodes() && !status.contains(document.activeElement)) {
    document.activeElement.scrollIntoView({ block: "nearest" });
  }
}

window.page = { messages, updateTitle, announceTrouble, clearTrouble, keepFocusInSight };
