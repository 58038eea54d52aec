/** The plane a chart stands on: grid, ticks, titles, marks. Knows pixels; knows nothing of series. */
import { svg } from "../elements.js";

let pen = null;

/** Return how wide a text is drawn at a size in pixels. */
export function widthOf(text, size) {
  pen ??= document.createElement("canvas").getContext("2d");
  pen.font = `${size}px ${getComputedStyle(document.body).fontFamily}`;
  return pen.measureText(text).width;
}

/** Return a text of the drawing. */
export function label(text, x, y, kind, anchor = "start") {
  const made = svg("text", { x: x.toFixed(1), y: y.toFixed(1), class: kind, "text-anchor": anchor });
  made.textContent = text;
  return made;
}

/** Return the lines and numbers of a horizontal axis below the plot, leaving out numbers that would touch. */
export function across(scale, plot, em, grid = true) {
  const parts = [], ticks = scale.ticks;
  let end = -Infinity;
  for (const { at, text } of ticks) {
    if (grid) parts.push(svg("path", { class: "grid", d: `M${at.toFixed(1)},${plot.top}V${plot.bottom}` }));
    const half = widthOf(text, em) / 2;
    const x = Math.min(Math.max(at, half), plot.width - half);
    if (x - half < end + em * 0.6) continue;
    end = x + half;
    parts.push(label(text, x, plot.bottom + em * 1.5, "tick", "middle"));
  }
  return parts;
}

/** Return the lines and numbers of a vertical axis left of the plot. */
export function upwards(scale, plot, em) {
  return scale.ticks.flatMap(({ at, text }) => [
    svg("path", { class: "grid", d: `M${plot.left},${at.toFixed(1)}H${plot.right}` }),
    label(text, plot.left - em * 0.6, at + em * 0.35, "tick", "end"),
  ]);
}

/** Return a line across the plot with its words, at a place of the horizontal axis. */
export function upright({ text }, at, plot, em) {
  if (at < plot.left || at > plot.right) return [];
  const line = svg("path", { class: text ? "mark" : "zero", d: `M${at.toFixed(1)},${plot.top - em * 0.4}V${plot.bottom}` });
  const late = at + widthOf(text, em) > plot.right;
  return text ? [line, label(text, at + (late ? -0.4 : 0.4) * em, plot.top - em * 0.5, "mark-text", late ? "end" : "start")] : [line];
}

/** Return a line with a title, which a pointer reads. */
export function told(part, text) {
  const title = svg("title");
  title.textContent = text;
  part.append(title);
  return part;
}
