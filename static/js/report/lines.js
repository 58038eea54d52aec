/** Draws points on two axes, joined, with their intervals. In: a chart's document. Out: SVG parts. */
import { svg } from "../elements.js";
import { across, label, told, upright, upwards, widthOf } from "./plane.js";
import { numericScale, stepScale, write } from "./scales.js";
import { LOOKS, symbol } from "./symbols.js";

const SHAPE = 0.52;

/** Return `{parts, height}` of a drawing of a width, `em` pixels a letter. */
export function drawLines({ at, value, series, marks }, shown, width, em) {
  const height = Math.min(Math.max(width * SHAPE, em * 19), em * 30), points = shown.flatMap((i) => series[i].points);
  const plot = { width, top: em * 2.4, bottom: height - em * 3.6, right: width - em * 1.2 };
  const limits = points.flatMap(({ value: middle, low, high }) => [middle, low ?? middle, high ?? middle]);
  const y = numericScale(value, limits, [plot.bottom, plot.top], (plot.bottom - plot.top) / (em * 2.6));
  plot.left = Math.max(...y.ticks.map(({ text }) => widthOf(text, em))) + em;
  const x = horizontal(at, points, marks, plot, em);
  const parts = [...upwards(y, plot, em), ...across(x, plot, em, at.scale !== "steps"), label(value.title, 0, em, "title"), label(at.title, plot.right, height - em * 0.4, "title", "end")];
  for (const mark of marks) if (mark.axis === "at") parts.push(...upright(mark, x.place(mark.where), plot, em));
  const apart = at.scale === "steps" ? Math.min(em * 0.7, x.width / (shown.length + 1)) : 0;
  const taken = [];
  shown.forEach((i, order) => {
    const moved = (order - (shown.length - 1) / 2) * apart;
    parts.push(one(series[i], i, { x: (place) => x.place(place) + moved, y: y.place, em, taken, form: value.form, at }));
  });
  return { parts, height };
}

function horizontal(at, points, marks, plot, em) {
  const places = points.map((point) => point.at), ends = [plot.left + em * 0.6, plot.right];
  if (at.scale === "steps") return stepScale([...new Set(places.map(String))], ends);
  const marked = marks.filter(({ axis }) => axis === "at").map(({ where }) => where);
  return numericScale(at, [...places, ...marked], ends, (plot.right - plot.left) / (em * 4.5));
}

function one(series, i, { x, y, em, taken, form, at }) {
  const group = svg("g", { class: `series look-${i % LOOKS}${series.main ? " main" : ""}`, "data-series": i });
  const places = series.points.map((point) => [x(point.at), y(point.value)]);
  group.append(svg("path", { class: "line", d: `M${places.map(([a, b]) => `${a.toFixed(1)},${b.toFixed(1)}`).join("L")}` }));
  series.points.forEach((point, n) => {
    const [px, py] = places[n], where = at.scale === "steps" ? point.at : write(point.at, at.form);
    if (point.low !== null && !point.text) group.append(svg("path", { class: "whisker", d: `M${px.toFixed(1)},${y(point.low).toFixed(1)}V${y(point.high).toFixed(1)}` }));
    group.append(told(symbol(i, places[n], em * (series.main ? 0.42 : 0.36)), `${series.name}; ${point.text || where}: ${write(point.value, form)}`));
    if (point.text && !taken.some(([a, b]) => Math.abs(a - px) < em * 2 && Math.abs(b - py) < em * 1.2)) {
      taken.push([px, py]);
      group.append(label(point.text, px, py - em * 0.7, "point-text", "middle"));
    }
  });
  return group;
}
