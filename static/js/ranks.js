/** Draws ranked lists side by side with lines between equal texts. Knows rows and columns; not what they mean. */

import { element, svg } from "./elements.js";

/** Return a column: a head (or null), then its rows as buttons that carry `data-text` and `data-column`. */
export function column(name, head, rows) {
  const section = element("section", "ranks");
  const list = element("ol", "rank-list");
  list.append(...rows.map((row) => rankRow(name, row)));
  section.append(...(head ? [head, list] : [list]));
  section.setAttribute("aria-label", name);
  return section;
}

/** Return the lines between two neighbouring lists of texts, each row one unit high. */
export function lines(left, right, size) {
  const box = { viewBox: `0 0 100 ${size * 100}`, preserveAspectRatio: "none" };
  const drawing = svg("svg", { ...box, class: "lines", "aria-hidden": "true" });
  left.forEach((text, from) => {
    const to = right.indexOf(text);
    if (to >= 0) drawing.append(line(text, from * 100 + 50, to * 100 + 50));
  });
  return drawing;
}

/** Mark every row and line of one text inside a drawing, none for null. */
export function markText(drawing, text) {
  for (const part of drawing.querySelectorAll("[data-text]")) {
    part.classList.toggle("same", text !== null && part.dataset.text === text);
  }
}

function rankRow(columnName, { text, mark = "", markLabel = "", markKind = "" }) {
  const item = element("li");
  const button = element("button", "rank");
  button.type = "button";
  button.title = text;
  button.dataset.text = text;
  button.dataset.column = columnName;
  const label = element("span", "text", text);
  label.dir = "auto";
  button.append(label);
  if (mark) {
    const sign = element("span", `mark ${markKind}`);
    sign.append(Object.assign(element("span", "", mark), { ariaHidden: "true" }), element("span", "unseen", ` ${markLabel}`));
    button.append(sign);
  }
  item.append(button);
  return item;
}

function line(text, from, to) {
  const path = svg("path", { d: `M0 ${from}C45 ${from} 55 ${to} 100 ${to}`, class: from === to ? "level" : "move" });
  path.dataset.text = text;
  return path;
}
