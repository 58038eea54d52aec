/** What a key means to a combobox. Knows keys, modifiers, composition and the caret; knows no list. */

const ACTIONS = { Enter: "submit", Escape: "escape", Home: "edit", End: "edit" };

/** Return `next`, `previous`, `open`, `close`, `fill`, `edit`, `submit`, `escape`, or null for all other keys. */
export function keyAction(event) {
  if (event.isComposing || event.keyCode === 229) return null;
  if (event.ctrlKey || event.metaKey || event.shiftKey) return null;
  if (event.key === "ArrowDown") return event.altKey ? "open" : "next";
  if (event.key === "ArrowUp") return event.altKey ? "close" : "previous";
  if (event.altKey) return null;
  if (event.key === "ArrowRight" || event.key === "ArrowLeft") return caretAction(event);
  return ACTIONS[event.key] ?? null;
}

/** The arrow that runs forward fills at the end of the text: Right, or Left where the text runs leftward. */
function caretAction({ key, target }) {
  const forward = getComputedStyle(target).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
  return key === forward && target.selectionStart === target.value.length ? "fill" : "edit";
}
