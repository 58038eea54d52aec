/** Draws one product: a glyph of its department, its title, what it is, and whether it was bought. */
import { element, svg } from "./elements.js";

const SHAPES = [
  "M4 16V8l6-4 6 4v8z", "M3 6h14v9H3zM8 6V4h4v2", "M10 3l7 13H3z", "M10 3a7 7 0 1 0 .01 0z", "M4 4h12v12H4zM4 10h12",
  "M5 3h10l2 6-7 9-7-9z", "M3 13c3-8 11-8 14 0zM7 13v3h6v-3", "M6 3h8v5l3 9H3l3-9z", "M3 10h5V4h4v6h5v6H3z", "M10 3l2.2 4.6 5 .7-3.6 3.5.9 5L10 14.4l-4.5 2.4.9-5L2.8 8.3l5-.7z",
];
const SOLD = { true: ["bought", "✓ bought"], false: ["not-bought", "not bought"] };

/** Return the list item of a product; `asked`: whether held-out shoppers bought anything after this query. */
export function card({ product_id: id, title, purchased, times }, about, asked, system) {
  const item = element("li", "card-place");
  const button = element("button", `card ${asked ? SOLD[purchased][0] : ""}`);
  button.type = "button";
  button.dataset.text = id;
  button.dataset.column = system;
  button.title = title;
  const text = element("span", "card-text");
  const foot = element("span", "card-foot");
  foot.append(element("span", "card-meta", meta(about)));
  if (asked) foot.append(element("span", "verdict", SOLD[purchased][1] + (times > 1 ? ` ×${times}` : "")));
  text.append(Object.assign(element("span", "card-title", title), { dir: "auto" }), foot);
  button.append(glyph(about), text);
  item.append(button);
  return item;
}

function meta({ type, brand, color, price, ...rest }) {
  const parts = [type, color, brand].filter(Boolean);
  const told = parts.length ? parts : Object.values(rest).slice(0, 2);
  return [...told, price && (/^[\d.]+$/.test(price) ? Number(price).toLocaleString("en", { maximumFractionDigits: 0 }) : price)].filter(Boolean).join(" · ");
}

/** The shape stands for the department, the dot for the colour: the words beside it say both. */
function glyph({ department = "", type = "", color = "" }) {
  const drawing = svg("svg", { viewBox: "0 0 20 20", class: "glyph", "aria-hidden": "true" });
  drawing.append(svg("path", { d: SHAPES[hash(department || type) % SHAPES.length] }));
  const shade = color.replaceAll(" ", "").toLowerCase();
  if (CSS.supports("color", shade)) drawing.append(svg("circle", { cx: 15.5, cy: 15.5, r: 3.2, fill: shade, class: "swatch" }));
  return drawing;
}

function hash(text) {
  return [...text].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 9973, 7);
}
