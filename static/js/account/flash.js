// What the page of an account says from the first byte on goes with the next act. Its place stays empty then, so that
// nothing moves under the pointer.
"use strict";

const status = document.querySelector(".account #status:has(> .flash)");
if (status) {
  const place = status.getBoundingClientRect().height + parseFloat(getComputedStyle(status).marginBlockEnd); // pixels
  new MutationObserver((_changes, observer) => {
    status.parentElement.style.paddingBlockStart = `${place}px`;
    observer.disconnect();
  }).observe(status, { childList: true });
}
