/** A small chart: recall of XR-Linear over one knob, the other fixed, with where the knob stands. Draws only. */
import { svg } from "./elements.js";

const [WIDTH, HEIGHT, EDGE, LABEL, NAMED] = [220, 76, 6, 17, 70];
const NAMES = { recall10: "recall@10", recall100: "recall@100" };

export class Curve extends HTMLElement {
  /** `points`: `{at, recall10, recall100}` in the order of the knob; `now`: the value that is set. */
  show(points, now) {
    if (points.length < 2) return this.replaceChildren();
    const [least, most] = [Math.min(...points.map((point) => point.recall10)) * 0.9, Math.max(...points.map((point) => point.recall100), 0.01)];
    const at = (point, place, key) => [EDGE + (place * (WIDTH - 2 * EDGE)) / (points.length - 1), HEIGHT - LABEL - ((point[key] - least) / (most - least || 1)) * (HEIGHT - 2 * LABEL)];
    const drawing = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" });
    const told = points.map(({ at: knob, recall10, recall100 }) => `${knob}: ${recall10.toFixed(3)}, ${recall100.toFixed(3)}`);
    drawing.setAttribute("aria-label", `Recall at 10 and at 100 over ${this.dataset.over}: ${told.join("; ")}`);
    for (const key of ["recall100", "recall10"]) {
      const path = points.map((point, place) => at(point, place, key).map((number) => number.toFixed(1)).join(" ")).join("L");
      drawing.append(svg("path", { d: `M${path}`, class: key }));
      const beside = points.map((point, place) => at(point, place, key)[1]).slice(-1 - Math.ceil((NAMED / WIDTH) * points.length));
      const y = key === "recall10" ? Math.max(...beside) + 14 : Math.min(...beside) - 7;
      drawing.append(Object.assign(svg("text", { x: WIDTH, y }), { textContent: NAMES[key] }));
      points.forEach((point, place) => {
        if (point.at !== now) return;
        const [cx, cy] = at(point, place, key);
        drawing.append(svg("circle", { cx, cy, r: 4, class: key }));
      });
    }
    this.replaceChildren(drawing);
  }
}
