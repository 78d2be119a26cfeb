// Whose page this is: sent with each request, and the page hidden from whoever comes after a log-out.
"use strict";

const ownerHeaders = { "X-Whose": page.messages.whose ?? "" };

// In the place of htmx's HX-Current-URL, whose query may hold what is nobody's business.
document.addEventListener("htmx:config:request", ({ detail: { ctx: { request: { headers } } } }) => {
  delete headers["HX-Current-URL"];
  Object.assign(headers, ownerHeaders);
});

if ("whose" in page.messages) protectPrivatePage();

/** Hide the page when it is left, and see whether the session still holds when it is looked at again. Chromium keeps
    pages for the Back button even after a log-out. */
function protectPrivatePage() {
  addEventListener("pagehide", (event) => { document.documentElement.hidden = event.persisted; });
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  document.addEventListener("visibilitychange", async () => {
    if (!document.hidden && await isSessionOver()) leavePrivatePage();
  });
}

/** Ask the server; it answers a request without a session with a redirect to the log-in. */
async function isSessionOver() {
  const request = { method: "HEAD", redirect: "manual", headers: ownerHeaders };
  const response = await fetch("/profile/name", request).catch(() => null);
  return response?.type === "opaqueredirect";
}

/** Load the page anew, which leads to the log-in; but keep what is being typed. */
function leavePrivatePage() {
  if (document.querySelector("form[data-escape]")) page.announceTrouble(page.messages.ended);
  else location.reload();
}
