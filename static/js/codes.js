// Recovery codes are copied and printed by buttons. Without this script they are selected, and printed by the browser.
"use strict";

const [copy, print] = ["#copy-codes", "#print-codes"].map((id) => document.querySelector(id));

/** Say what happened, in the place that is read aloud. */
function say(text) {
  document.querySelector("#status").textContent = text;
}

copy.hidden = !navigator.clipboard; // where the page is not served safely there is none
copy.addEventListener("click", () => {
  const codes = document.querySelector("#codes").innerText;
  navigator.clipboard.writeText(codes).then(
    () => say(copy.dataset.copied),
    () => say(copy.dataset.failed),
  );
});

print.hidden = false;
print.addEventListener("click", () => window.print());
