/** The beam drawn on each index: kept, evaluated, pruned. In: `show(comparison)`. Knows drawing only. */
import { stratify, tree } from "../vendor/d3-hierarchy/d3-hierarchy.min.js";
import { beamRows, countStates } from "./beam-tree.js";
import { element, svg } from "./elements.js";
import { indexHead, ordered } from "./indexes.js";

const WIDTH = 260;
const HEIGHT = 360;
const EDGE = 12;

export class Beams extends HTMLElement {
  show({ indexes }) {
    const names = ordered(indexes);
    const columns = names.map((name) => {
      const section = element("section", "beam");
      const rows = beamRows(indexes[name].beam);
      const counts = countStates(rows, indexes[name].evaluated);
      section.append(indexHead(name, indexes[name]), drawBeam(rows, name, counts), drawLegend(counts));
      return section;
    });
    this.dataset.columns = names.length;
    this.replaceChildren(...columns);
  }
}

/** Return the drawing of a beam's rows. */
export function drawBeam(rows, name, { kept, dropped }) {
  const root = stratify().id((row) => row.id).parentId((row) => row.parent)(rows);
  tree().size([WIDTH - 2 * EDGE, HEIGHT - 2 * EDGE]).separation(() => 1)(root);
  const drawing = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "beam-tree", role: "img" });
  drawing.setAttribute("aria-label", `${name}: ${kept} nodes kept, ${dropped} evaluated and dropped, in ${root.height} layers`);
  const size = Math.max(1.8, Math.min(5, WIDTH / widest(root) / 2.4));
  for (const link of root.links()) drawing.append(edge(link));
  for (const node of root.descendants()) drawing.append(shape(node, size));
  return drawing;
}

function widest(root) {
  const counts = [];
  root.each((node) => (counts[node.depth] = (counts[node.depth] ?? 0) + 1));
  return Math.max(...counts);
}

function edge({ source, target }) {
  const [x1, y1, x2, y2] = [source.x + EDGE, source.y + EDGE, target.x + EDGE, target.y + EDGE];
  const middle = (y1 + y2) / 2;
  return svg("path", { d: `M${x1} ${y1}C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}`, class: `edge ${target.data.state}` });
}

/** A disc was kept, a square evaluated, a cross pruned: the shape says what the colour says. */
function shape({ x, y, data: { state, score } }, size) {
  const [cx, cy] = [x + EDGE, y + EDGE];
  const made = {
    kept: () => svg("circle", { cx, cy, r: size }),
    evaluated: () => svg("rect", { x: cx - size * 0.8, y: cy - size * 0.8, width: size * 1.6, height: size * 1.6 }),
    pruned: () => svg("path", { d: `M${cx - 2} ${cy - 2}l4 4m0 -4l-4 4` }),
  }[state]();
  made.setAttribute("class", `node ${state}`);
  if (score !== null) made.append(Object.assign(svg("title"), { textContent: `${state}, score ${score.toFixed(3)}` }));
  return made;
}

/** Return the line that says what the shapes mean. */
export function drawLegend({ kept, dropped }) {
  const line = element("p", "beam-legend");
  const parts = [["kept", `● ${kept} kept`], ["evaluated", `■ ${dropped} evaluated`], ["pruned", "× pruned"]];
  line.append(...parts.map(([state, text]) => element("span", state, text)));
  return line;
}
