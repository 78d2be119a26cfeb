// The page is hidden from whoever comes after a log-out.
"use strict";

// Hide the page when it is left, and see whether the session still holds when it is looked at again. Chromium keeps
// pages for the Back button even after a log-out.
addEventListener("pagehide", (event) => { document.documentElement.hidden = event.persisted; });
addEventListener("pageshow", (event) => event.persisted && location.reload());
document.addEventListener("visibilitychange", async () => {
  if (!document.hidden && await isSessionOver()) leave();
});

/** Ask the server; it answers a request without a session with a redirect to the log-in. */
async function isSessionOver() {
  const request = { method: "HEAD", redirect: "manual", headers: { "X-Whose": page.messages.whose } };
  const response = await fetch("/profile/name", request).catch(() => null);
  return response?.type === "opaqueredirect";
}

/** Load the page anew, which leads to the log-in; but keep what is being typed. */
function leave() {
  if (document.querySelector("form[data-escape]")) page.announceTrouble(page.messages.ended);
  else location.reload();
}
