/** Draws suggestions: the typed part plain, the completed part bold, what was corrected marked, the match named. */

import { element } from "./elements.js";

const MATCHES = {
  composed: "put together from words of the log",
  typo: "what was typed, corrected",
  words: "the words typed, in another place",
  shorter: "begins with a part of what was typed",
};

/** Fill a listbox with a document's completions. */
export function showSuggestions(list, template, { completions, prefix }) {
  list.dataset.prefix = prefix;
  list.replaceChildren(...completions.map((completion) => suggestion(template, completion, prefix)));
}

/** Put a completion's text into an element: what was typed plain, the rest bold, corrections underlined. */
export function putCompleted(place, { text, match, meant }, prefix) {
  if (match === "typo" && text.startsWith(meant)) place.replaceChildren(...corrected(prefix, meant), bold(text.slice(meant.length)));
  else if (match === "words") place.replaceChildren(...begun(text, prefix));
  else {
    const kept = shared(text, prefix);
    place.replaceChildren(text.slice(0, kept), bold(text.slice(kept)));
  }
}

/** Return what was meant, with the part that differs from what was typed marked: one character at least. */
function corrected(typed, meant) {
  const start = Math.min(shared(meant, typed), meant.length - 1);
  const end = shared(reversed(meant.slice(start + 1)), reversed(typed.slice(start)));
  const stop = meant.length - end;
  return [meant.slice(0, start), element("u", "", meant.slice(start, stop)), meant.slice(stop)];
}

/** Return a text's words, each as far as one of the typed words begins it plain. */
function begun(text, typed) {
  const begins = typed.split(" ").filter(Boolean);
  return text.split(/(?<= )/).flatMap((word) => {
    const kept = Math.max(0, ...begins.filter((part) => word.startsWith(part)).map((part) => part.length));
    return [word.slice(0, kept), bold(word.slice(kept))];
  });
}

function suggestion(template, completion, prefix) {
  const row = template.content.firstElementChild.cloneNode(true);
  row.dataset.text = completion.text;
  putCompleted(row.querySelector(".text"), completion, prefix);
  const match = row.querySelector(".match");
  match.textContent = completion.match === "prefix" ? "" : completion.match;
  match.title = MATCHES[completion.match] ?? "";
  return row;
}

function bold(text) {
  return element("b", "", text);
}

/** Return how many characters two texts share from the start. */
function shared(one, other) {
  let n = 0;
  while (n < one.length && n < other.length && one[n] === other[n]) n++;
  return n;
}

function reversed(text) {
  return [...text].reverse().join("");
}

/** Return the sentence that announces a list. */
export function announcement({ completions, prefix }) {
  if (!completions.length) return prefix ? "No suggestions" : "";
  const [first] = completions;
  return `${completions.length} ${completions.length === 1 ? "suggestion" : "suggestions"}, first: ${first.text}`;
}
