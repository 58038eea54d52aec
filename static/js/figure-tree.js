/** Draws one index from left to right and paints a search on it. Knows nodes and states; asks nothing. */
import { cluster, hierarchy } from "../vendor/d3-hierarchy/d3-hierarchy.min.js";
import { svg } from "./elements.js";

const ROW = 34;
const STEPS = { least: 24, most: 42 };
const RADIUS = 10;
const MARGIN = 16;
const LETTER = 8.5;
const UNITS_PER_REM = 16;

/** Return `{drawing, paint}`: the picture of an index, at best `room` wide, and what paints the states of its nodes on it. */
export function drawIndex(data, name, room) {
  const root = hierarchy(data);
  const longest = Math.max(...root.leaves().map(({ data: { label } }) => [...label].length * LETTER + 2 * RADIUS + 2 * MARGIN));
  const step = Math.max(STEPS.least, Math.min(STEPS.most, (room - longest) / root.height));
  cluster().nodeSize([ROW, step]).separation(() => 1)(root);
  const top = Math.min(...root.leaves().map((leaf) => leaf.x));
  const bottom = Math.max(...root.leaves().map((leaf) => leaf.x));
  const at = (node) => [MARGIN + node.depth * step, MARGIN + node.x - top];
  const width = Math.max(...root.leaves().map((leaf) => at(leaf)[0] + [...leaf.data.label].length * LETTER + 2 * RADIUS)) + MARGIN;
  const height = bottom - top + 2 * MARGIN + 8;
  const drawing = svg("svg", { viewBox: `0 0 ${width} ${height}`, class: "index-tree", role: "img" });
  drawing.setAttribute("width", `${width / UNITS_PER_REM}rem`);
  drawing.setAttribute("height", `${height / UNITS_PER_REM}rem`);
  drawing.setAttribute("aria-label", `${name}: ${data.size} strings, ${root.height} layers`);
  const edges = root.links().map((link) => [link.target.data, edge(at(link.source), at(link.target))]);
  const nodes = [];
  root.eachBefore((node) => nodes.push([node.data, shape(node, at(node))]));
  drawing.append(...edges.map(([, path]) => path), ...nodes.map(([, group]) => group));
  return { drawing, paint: (states) => paint(states, edges, nodes) };
}

function paint(states, edges, nodes) {
  for (const [node, path] of edges) path.setAttribute("class", `edge ${states.get(node).state}`);
  for (const [node, group] of nodes) {
    const { state, score } = states.get(node);
    group.setAttribute("class", `index-node ${state}`);
    group.querySelector(".score").textContent = score === null ? "" : Math.exp(score).toFixed(3);
    group.querySelector("title").textContent = `${called(node)}: ${SAID[state]}${score === null ? "" : `, score ${Math.exp(score).toFixed(4)}`}`;
  }
}

function edge([x1, y1], [x2, y2]) {
  const middle = (x1 + x2) / 2;
  return svg("path", { d: `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`, class: "edge waiting" });
}

/** Every node has all its shapes; its state, as a class, shows one of them. */
function shape({ data, children }, [x, y]) {
  const group = svg("g", { class: "index-node waiting", transform: `translate(${x} ${y})` });
  const text = (className, content, place) => Object.assign(svg("text", { class: className, ...place }), { textContent: content });
  const inside = data.name ? [...data.name].at(-1).replace(" ", "␣") : children ? String(data.size) : "";
  group.append(
    svg("title"),
    svg("circle", { r: RADIUS }),
    svg("rect", { x: -RADIUS, y: -RADIUS, width: 2 * RADIUS, height: 2 * RADIUS }),
    svg("path", { class: "cross", d: "M-4 -4l8 8m0 -8l-8 8" }),
    text(data.name ? "letter" : "size", inside, { y: 4 }),
    text("score", "", data.label === null ? { y: RADIUS + 10 } : { x: RADIUS + 5, y: 15, class: "score beside" }),
  );
  if (data.label !== null) group.append(text("label", data.label, { x: RADIUS + 5, y: 3 }));
  return group;
}

function called(node) {
  return node.label ?? (node.name ? `${node.name}…` : `${node.size} strings`);
}

const SAID = { kept: "kept", evaluated: "evaluated, not kept", pruned: "pruned", waiting: "not reached yet" };
