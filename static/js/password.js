// How strong a new password is, while it is typed. Loaded where one is chosen.
"use strict";

const REST = 1000; // milliseconds without a key until the rating is read aloud; screen readers drop what comes earlier
const COMMON = /pass(word|wort)?|qwert.?|\d+$|1234|abcd/g;
const REPEATED = /(.+)\1+/g;

/** Rate a password in lower case: "short", "own", "easy", "fair" or "strong". Roughly: the server knows more. */
function rate(password, ownWords, minimum) {
  if ([...password].length < minimum) return "short";
  if (isMostlyMadeOf(ownWords, password)) return "own";
  if (isEasyToGuess(password)) return "easy";
  return password.length < minimum * 1.5 ? "fair" : "strong";
}

/** Return whether less than half is left without the words; those of one or two letters do not count. */
function isMostlyMadeOf(words, password) {
  let rest = password;
  for (const word of words) if (word.length > 2) rest = rest.replaceAll(word, "");
  return rest.length * 2 < password.length;
}

/** Return whether fewer than six different characters are left without common words, numbers and repetitions. */
function isEasyToGuess(password) {
  return new Set(password.replace(COMMON, "").replace(REPEATED, "$1")).size < 6;
}

/** Return the text for the password in this form, empty when there is no password yet. */
function describe(form, { of: field, minimum, ...texts }) {
  const [password, ...own] = [field, "email", "name"].map((name) => form[name]?.value?.toLowerCase());
  const ownWords = own.join(" ").split(/[^\p{L}\d]+/u);
  return password && texts[rate(password, ownWords, Number(minimum))];
}

/** Change the text only when it is another: each change would be read aloud. */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

let timer;
document.addEventListener("input", ({ target: { form } }) => {
  const rating = form?.querySelector(".strength");
  if (!rating) return;
  const text = describe(form, rating.dataset);
  setText(rating, text);
  clearTimeout(timer);
  const region = document.querySelector(`#${rating.id}-said`); // of this form: another may come in its place
  timer = setTimeout(() => setText(region, text), REST);
});
