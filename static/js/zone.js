// The field for the time zone.
"use strict";

/** Preselect the browser's time zone where none was chosen. A zone's other names stand in data-also. */
function preselectZone() {
  const select = document.querySelector("select[data-unknown]");
  if (!select) return;
  const zone = page.readZone();
  const option = select.querySelector(`[value="${zone}"], [data-also~="${zone}"]`);
  if (option) option.selected = true;
}

preselectZone();
document.addEventListener("htmx:after:swap", preselectZone);
