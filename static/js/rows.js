/** Draws suggestions: the typed part plain, the completed part bold, the match named. Knows templates only. */

/** Fill a listbox with a document's completions. */
export function showSuggestions(list, template, { completions, prefix }) {
  list.dataset.prefix = prefix;
  list.replaceChildren(...completions.map((completion) => suggestion(template, completion, prefix)));
}

/** Put a text into an element, what continues the prefix in bold. */
export function putCompleted(element, text, prefix) {
  const typed = text.startsWith(prefix) ? prefix : "";
  const rest = document.createElement("b");
  rest.textContent = text.slice(typed.length);
  element.replaceChildren(typed, rest);
}

function suggestion(template, { text, match }, prefix) {
  const row = template.content.firstElementChild.cloneNode(true);
  row.dataset.text = text;
  putCompleted(row.querySelector(".text"), text, prefix);
  row.querySelector(".match").textContent = match === "prefix" ? "" : match;
  return row;
}

/** Return the sentence that announces a list. */
export function announcement({ completions, prefix }) {
  if (!completions.length) return prefix ? "No suggestions" : "";
  const [first] = completions;
  return `${completions.length} ${completions.length === 1 ? "suggestion" : "suggestions"}, first: ${first.text}`;
}
