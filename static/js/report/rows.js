/** Draws a row a place: points with their intervals along one axis, or stacked shares. Out: SVG parts. */
import { svg } from "../elements.js";
import { across, label, told, upright, widthOf } from "./plane.js";
import { numericScale, write } from "./scales.js";
import { LOOKS, symbol } from "./symbols.js";

const NARROW = 34;

/** Return `{parts, height}` of points along rows. */
export function drawRows({ at, value, series, marks, joined }, shown, width, em) {
  const names = namesOf(series), grid = layout(names, width, em, joined ? 1.3 : 1.1 + 0.4 * Math.min(shown.length, 3));
  const points = shown.flatMap((i) => series[i].points);
  const limits = points.flatMap(({ value: middle, low, high }) => [middle, low ?? middle, high ?? middle]);
  const marked = marks.filter(({ axis }) => axis === "value").map(({ where }) => where);
  const x = numericScale(value, [...limits, ...marked], [grid.left, grid.right], (grid.right - grid.left) / (em * 4.5));
  const parts = [...frame(grid, x, names, { at, value }, em)];
  for (const mark of marks) parts.push(...upright(mark, x.place(mark.where), grid, em));
  if (joined) for (const name of names) parts.push(...join(name, shown.map((i) => series[i]), x, grid));
  const crowded = names.some((name) => touch(placesOf(name, shown.map((i) => series[i]), x), em));
  const apart = joined || !crowded ? 0 : Math.min(em * 0.8, grid.step / (shown.length + 1));
  shown.forEach((i, order) => {
    const group = svg("g", { class: `series look-${i % LOOKS}${series[i].main ? " main" : ""}`, "data-series": i });
    for (const point of series[i].points) {
      const spot = [x.place(point.value), grid.middle(point.at) + (order - (shown.length - 1) / 2) * apart];
      if (point.low !== null) group.append(svg("path", { class: "whisker", d: `M${x.place(point.low).toFixed(1)},${spot[1].toFixed(1)}H${x.place(point.high).toFixed(1)}` }));
      group.append(told(symbol(i, spot, em * (series[i].main ? 0.42 : 0.36)), `${point.at}; ${series[i].name}: ${write(point.value, value.form)}`));
    }
    parts.push(group);
  });
  return { parts, height: grid.height };
}

/** Return `{parts, height}` of shares laid end to end, each told by its look and its number. */
export function drawStack({ at, value, series }, shown, width, em) {
  const names = namesOf(series), grid = layout(names, width, em, 1.6);
  const x = numericScale(value, [0, 1], [grid.left, grid.right], (grid.right - grid.left) / (em * 4.5));
  const parts = [...frame(grid, x, names, { at, value }, em)], ends = Object.fromEntries(names.map((name) => [name, 0]));
  for (const i of shown) {
    const group = svg("g", { class: `series look-${i % LOOKS}${series[i].main ? " main" : ""}`, "data-series": i });
    for (const point of series[i].points) {
      const [from, to] = [ends[point.at], (ends[point.at] += point.value)].map(x.place), top = grid.middle(point.at) - em * 0.75;
      const text = write(Math.round(point.value * 1000) / 1000, value.form), size = Math.max(to - from - 1.5, 0);
      group.append(told(svg("rect", { class: `bar bar-${i % LOOKS}`, x: from.toFixed(1), y: top.toFixed(1), width: size.toFixed(1), height: (em * 1.5).toFixed(1) }), `${point.at}; ${series[i].name}: ${text}`));
      if (widthOf(text, em) + em < to - from) group.append(label(text, (from + to) / 2, top + em * 1.1, "bar-text", "middle"));
    }
    parts.push(group);
  }
  return { parts, height: grid.height };
}

const namesOf = (series) => [...new Set(series.flatMap(({ points }) => points.map(({ at }) => String(at))))];

const placesOf = (name, series, x) => series.flatMap(({ points }) => points.filter(({ at }) => at === name)).map(({ value }) => x.place(value));
const touch = (places, em) => places.some((one, i) => places.some((other, k) => k > i && Math.abs(one - other) < em * 1.5));

function join(name, series, x, grid) {
  const places = placesOf(name, series, x);
  const y = grid.middle(name).toFixed(1);
  return places.length > 1 ? [svg("path", { class: "joined", d: `M${Math.min(...places).toFixed(1)},${y}H${Math.max(...places).toFixed(1)}` })] : [];
}

function layout(names, width, em, lines) {
  const narrow = width < em * NARROW, gutter = narrow ? em * 0.8 : Math.max(...names.map((name) => widthOf(name, em))) + em * 1.2;
  const step = em * (lines + (narrow ? 1.5 : 0.5)), top = em * (narrow ? 1.5 : 2.2), bottom = top + step * names.length;
  const middle = (name) => top + step * (names.indexOf(String(name)) + 0.5) + (narrow ? em * 0.6 : 0);
  return { width, narrow, left: gutter, right: width - em * 1.2, top, bottom, step, middle, height: bottom + em * 3.8 };
}

function* frame(grid, x, names, { at, value }, em) {
  yield* across(x, grid, em);
  for (const [n, name] of names.entries()) {
    if (n) yield svg("path", { class: "row-line", d: `M0,${(grid.top + grid.step * n).toFixed(1)}H${grid.width}` });
    yield grid.narrow ? label(name, 0, grid.top + grid.step * n + em * 1.15, "row-name") : label(name, grid.left - em * 0.8, grid.middle(name) + em * 0.35, "row-name", "end");
  }
  if (!grid.narrow) yield label(at.title, 0, em, "title");
  yield label(value.title, grid.right, grid.height - em * 0.4, "title", "end");
}
