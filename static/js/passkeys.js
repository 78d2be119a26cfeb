// Passkeys: ask the site what to ask for, the browser for a passkey, and send it with its form.
"use strict";

const keys = globalThis.PublicKeyCredential;
const readers = { create: "parseCreationOptionsFromJSON", get: "parseRequestOptionsFromJSON" };
const isAble = Boolean(keys?.[readers.get]); // older browsers lack these
let question; // an AbortController: the browser takes one question at a time
let asker; // the form that it is for

/** Ask for a passkey and send the form with it. `mediation` is "conditional" for a question that waits in the list
    below a field until somebody chooses a passkey there. */
async function ask(form, mediation) {
  question?.abort();
  const { signal } = question = new AbortController();
  asker = form;
  const { passkey: way, options: url } = form.dataset;
  const answer = await fetch(url, { method: "POST", body: new URLSearchParams(new FormData(form)), signal });
  const { publicKey, ...refusal } = await answer.json();
  if (!publicKey) throw refusal;
  const credential = await navigator.credentials[way]({ publicKey: keys[readers[way]](publicKey), mediation, signal });
  const { credential: field, stay } = form.elements;
  field.value = JSON.stringify(credential);
  if (stay) stay.value = document.querySelector("#stay:checked") ? "yes" : "";
  form.submit();
}

/** Show the forms, which are hidden in the HTML because they need this script, and offer passkeys below a field. */
async function offer() {
  for (const form of document.querySelectorAll("[data-passkey]")) {
    form.hidden = !isAble;
    form.nextElementSibling.hidden = isAble;
  }
  const form = document.querySelector("[data-passkey=get]");
  if (asker?.isConnected || !isAble || !form || !document.querySelector("[autocomplete~=webauthn]")) return;
  if (await keys.isConditionalMediationAvailable?.()) ask(form, "conditional").catch(() => {});
}

/** Tell the browser which passkeys are none any more, and by what name and address others are known. */
function signal() {
  for (const element of document.querySelectorAll("[data-signal]")) {
    const { signal: name, about } = element.dataset;
    element.remove();
    keys?.[`signal${name}`]?.(JSON.parse(about)).catch(() => {});
  }
}

function start() {
  offer();
  signal();
}

/** Say what went wrong beside the button. What was said before of something else is over. */
function sayBeside(form, text) {
  const error = form.previousElementSibling;
  error.role = "alert";
  error.textContent = text;
  document.querySelector("#status").replaceChildren();
  page.updateTitle();
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const { passkey, cancelled, known, failed } = form.dataset;
  if (!passkey) return;
  event.preventDefault();
  sayBeside(form, "");
  try {
    await ask(form);
  } catch ({ name, problem, location: way }) {
    if (name === "AbortError") return; // another question was asked
    if (way) location.assign(way);
    else sayBeside(form, problem ?? { NotAllowedError: cancelled, InvalidStateError: known }[name] ?? failed);
    asker = undefined;
    offer();
  }
});

document.addEventListener("htmx:after:swap", start);
start();
