// Whose page this is: sent with each request.
"use strict";

// In the place of htmx's HX-Current-URL, whose query may hold what is nobody's business.
document.addEventListener("htmx:config:request", ({ detail: { ctx: { request: { headers } } } }) => {
  delete headers["HX-Current-URL"];
  headers["X-Whose"] = page.messages.whose ?? "";
});
