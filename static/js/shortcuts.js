/** The page's single keys: plain outside text fields, with Alt inside them. Knows keys, not what they do. */

/** Call `actions[letter]` when its key is pressed; letters are lower case, or `?`. */
export function listenForShortcuts(actions) {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.repeat) return;
    const inField = event.target.matches("input[type=text], textarea, select");
    if (inField && !event.altKey) return;
    const letter = event.key === "?" ? "?" : event.code.replace("Key", "").toLowerCase();
    if (!actions[letter] || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    actions[letter]();
  });
}
