// Keys that people expect to work.
"use strict";

// A link that looks like a button reacts to Space, as buttons do.
document.addEventListener("keydown", (event) => {
  if (event.key !== " " || !event.target.matches("a.button")) return;
  event.preventDefault();
  event.target.click();
});
