// Requests of htmx that get no answer, or not the one that the server gave.
"use strict";

document.addEventListener("htmx:error", announceNoAnswer);

/** Offer to send the request again. */
function announceNoAnswer({ detail: { ctx: { sourceElement } } }) {
  if (sourceElement.matches("[hx-trigger*=every]")) return; // it asks again by itself
  document.querySelector("dialog[open]")?.close(); // a modal dialog would keep the button from being pressed
  const text = navigator.onLine ? page.messages.noAnswer : page.messages.offline;
  page.announceTrouble(text, () => sendAgain(sourceElement));
}

function sendAgain(element) {
  if (element.requestSubmit) element.requestSubmit();
  else element.click();
}

/** Return whether the site itself has answered, with something to show or an address to go to; proxies also answer. */
function isOurs({ headers, status }, element) {
  if (headers.has("hx-redirect")) return true;
  const isExpected = [409, 410, 422, 429].includes(status) || element.hasAttribute(`hx-status:${status}`);
  const canBeShown = status < 400 || isExpected || headers.has("hx-retarget");
  return canBeShown && headers.get("vary")?.includes("HX-Request-Type");
}

page.isOurs = isOurs; // for photo.js

document.addEventListener("htmx:before:response", (event) => {
  const { response, sourceElement } = event.detail.ctx;
  if (isOurs(response, sourceElement)) {
    page.clearTrouble();
    return;
  }
  event.preventDefault();
  // A proxy may have dropped HX-Redirect.
  if (response.headers.has("location")) location.assign(response.headers.get("location"));
  else announceNoAnswer(event);
});

// When a proxy drops the HX-* request headers, the server answers with a whole page where htmx expects a part of one.
// Go to that page. If it is a refused form, send the form again without htmx: nothing was done yet, and the page that
// comes then has what was typed.
document.addEventListener("htmx:after:request", (event) => {
  const { request, response, select, sourceElement, text } = event.detail.ctx;
  const { url } = response.raw;
  const wasRedirected = url !== new URL(request.action, location).href;
  const isPage = /^\s*<!doctype/i.test(text);
  if (!isPage || (select && !wasRedirected)) return; // hx-select takes its part out of a whole page
  event.preventDefault();
  if (response.status < 400) location.assign(url);
  else HTMLFormElement.prototype.submit.call(sourceElement);
});
