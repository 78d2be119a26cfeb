// Scripts that few pages need are named by what needs them, and loaded when the page is there: no first visit waits for
// them. One that was loaded is not loaded again.
"use strict";

function loadScripts() {
  for (const { dataset } of document.querySelectorAll("[data-script]")) import(dataset.script);
}

loadScripts();
document.addEventListener("htmx:after:swap", loadScripts);
