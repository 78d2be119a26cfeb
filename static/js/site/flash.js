// A flash message is in the page from its first byte on. Screen readers read aloud what comes into a live region, not
// what stands in it already, so it is said once more, in a region of its own that takes no place.
"use strict";

const BEFORE = 300; // milliseconds after the page was read, so that screen readers know of the region
const AFTER = 5000; // milliseconds; whoever reads through the page afterwards shall not find it twice

if (page.flash) repeatFlash();

function repeatFlash() {
  const region = document.createElement("p");
  region.className = "unseen";
  region.role = "status";
  document.querySelector("#main").append(region);
  setTimeout(() => { region.textContent = page.flash; }, BEFORE);
  setTimeout(() => region.remove(), BEFORE + AFTER);
}
