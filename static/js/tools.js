/** Buttons and keys of the page's tools: one action, two ways to it. Knows which; not what they do. */
import { listenForShortcuts } from "./shortcuts.js";

const LETTERS = { n: "next", a: "autopilot", p: "present", w: "why", k: "keep", "?": "help" };

/** Call `actions[tool]` for every `[data-tool]` button and every letter of a tool. */
export function offerTools(actions) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-tool]");
    if (button) actions[button.dataset.tool]?.(button);
  });
  listenForShortcuts(Object.fromEntries(Object.entries(LETTERS).map(([letter, tool]) => [letter, () => actions[tool]?.()])));
}

/** Let a button work without taking the keyboard from the box. */
export function keepFocusIn(input) {
  document.addEventListener("mousedown", (event) => {
    const control = event.target.closest("button, label:has([type=radio]), summary");
    if (control && document.activeElement === input && !event.target.closest("dialog, [popover]")) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const radio = document.activeElement === input && event.target.closest("label")?.querySelector("[type=radio]");
    if (!radio) return;
    event.preventDefault();
    radio.checked = true;
    radio.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

/** Copy the page's address; resolves to what to say about it. */
export async function copyLink() {
  try {
    await navigator.clipboard.writeText(location.href);
    return "Link copied";
  } catch {
    return "Copy it from the address bar";
  }
}
