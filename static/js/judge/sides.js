/** Two lists side by side. Knows drawing; knows nothing of votes. */
import { element } from "../elements.js";
import { putCompleted } from "../rows.js";

const NAMES = ["Left", "Right"];

/** Return two sections `{section, show(rows, other, prefix, wanted)}` that keep their place while their rows change. */
export function drawSides(container) {
  const sides = NAMES.map((name, place) => drawSide(name, String(place + 1)));
  container.replaceChildren(...sides.map(({ section }) => section));
  return sides;
}

function drawSide(name, key) {
  const section = element("section", "side");
  const title = element("h2", "side-title");
  title.append(element("kbd", "", key), " ", name);
  const head = element("div", "side-head");
  head.append(title);
  const list = element("ol", "side-rows");
  section.append(head, list);
  section.setAttribute("aria-label", `${name} list`);
  return { section, head, show: (...asked) => list.replaceChildren(...drawRows(...asked)) };
}

/** Return rows; one that the other list lacks is marked, and so is the one that was wanted. */
function drawRows(rows, others, prefix, wanted) {
  const there = new Set(others.map(({ text }) => text));
  if (!rows.length) return [element("li", "side-none", "No suggestions")];
  return rows.map((completion) => {
    const { text, match } = completion;
    const row = element("li", there.has(text) ? "side-row" : "side-row only");
    const words = element("span", "text");
    words.dir = "auto";
    putCompleted(words, completion, prefix);
    row.append(words);
    if (match !== "prefix") row.append(element("span", "match", match));
    if (text === wanted) row.append(meantMark());
    row.classList.toggle("meant", text === wanted);
    if (!there.has(text)) row.append(element("span", "unseen", "only here"));
    return row;
  });
}

function meantMark() {
  const mark = element("span", "wanted", "✓");
  mark.append(element("span", "more", " meant"));
  return mark;
}
