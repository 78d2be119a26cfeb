// The button "Show" in password fields.
"use strict";

/** Show the buttons, which are hidden in the HTML because they need this script. */
function showButtons() {
  for (const button of document.querySelectorAll(".reveal")) button.hidden = false;
}

showButtons();
document.addEventListener("htmx:after:swap", showButtons);

document.addEventListener("click", (event) => {
  const button = event.target.closest(".reveal");
  if (!button) return;
  const isShown = button.ariaPressed === "false"; // from now on
  button.ariaPressed = isShown;
  // By id, because password managers put elements of their own between button and field.
  document.querySelector(`#${button.getAttribute("aria-controls")}`).type = isShown ? "text" : "password";
});

// Pressing the button leaves focus and cursor in the field.
document.addEventListener("mousedown", (event) => {
  if (event.target.closest(".reveal")) event.preventDefault();
});

// Send a shown password as a password again, or browsers would remember it as a text and suggest it.
document.addEventListener("submit", (event) => {
  for (const button of event.target.querySelectorAll(".reveal[aria-pressed=true]")) button.click();
}, true);
