// Where the keyboard's focus goes, and that it can be seen.
"use strict";

// WebKit takes no typing in a field that a fragment link has focused; a script's focus it takes.
document.addEventListener("click", (event) => {
  const link = event.target.closest(".summary a");
  if (!link) return;
  event.preventDefault();
  document.querySelector(link.hash).focus();
});

let usesKeyboard = false; // by the last thing that was pressed
document.addEventListener("keydown", () => { usesKeyboard = true; }, true);
document.addEventListener("pointerdown", () => { usesKeyboard = false; }, true);

/** Draw the focus ring. Firefox and WebKit omit it when a script moves the focus and the mouse was used before. Where
    it is drawn already, the focus stays: screen readers read aloud what gets it anew. */
function drawFocusRing(element) {
  if (!usesKeyboard || element.matches("body, :focus-visible")) return;
  element.blur();
  element.focus({ focusVisible: true });
}

/** What a refused form says first has the focus. htmx would give it to the field again before, by the field's id, and
    screen readers would read that aloud first. */
document.addEventListener("htmx:before:swap", ({ detail: { tasks } }) => {
  if (tasks.some(({ fragment }) => fragment.querySelector("#problem[autofocus]"))) document.activeElement.blur();
});

document.addEventListener("htmx:after:swap", () => {
  const focused = document.activeElement;
  if (focused.matches("input[type=text][autofocus]")) focused.select(); // a form that has just opened
  else if (!focused.matches("input")) drawFocusRing(focused);
  focused.autofocus = false; // or the next swap would select it again
  page.keepFocusInSight();
  page.updateTitle();
});
