/** The shapes by which series are told apart, beside their colours. Knows nothing of charts. */
import { svg } from "../elements.js";

const SHAPES = [
  (r) => `M${-r},0a${r},${r} 0 1,0 ${2 * r},0a${r},${r} 0 1,0 ${-2 * r},0z`,
  (r) => polygon([[-0.88, -0.88], [0.88, -0.88], [0.88, 0.88], [-0.88, 0.88]], r),
  (r) => polygon([[0, -1.2], [1.1, 0.8], [-1.1, 0.8]], r),
  (r) => polygon([[0, -1.25], [1.25, 0], [0, 1.25], [-1.25, 0]], r),
  (r) => polygon([[0, 1.2], [1.1, -0.8], [-1.1, -0.8]], r),
  (r) => polygon([[-0.4, -1.1], [0.4, -1.1], [0.4, -0.4], [1.1, -0.4], [1.1, 0.4], [0.4, 0.4], [0.4, 1.1], [-0.4, 1.1], [-0.4, 0.4], [-1.1, 0.4], [-1.1, -0.4], [-0.4, -0.4]], r),
  (r) => polygon([[-1.1, -0.7], [0, -0.2], [1.1, -0.7], [1.1, 0.2], [0, 0.9], [-1.1, 0.2]], r),
  (r) => polygon([[-1.3, -0.5], [1.3, -0.5], [1.3, 0.5], [-1.3, 0.5]], r),
];

/** How many series look different. */
export const LOOKS = SHAPES.length;

/** Return the symbol of a series, around a point. */
export function symbol(series, [x, y], radius) {
  return svg("path", { class: "dot", d: SHAPES[series % LOOKS](radius), transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})` });
}

/** Return a small drawing of a series for its legend. */
export function swatch(series, joined) {
  const drawing = svg("svg", { class: `swatch series look-${series % LOOKS}`, viewBox: "-14 -8 28 16", "aria-hidden": "true" });
  if (joined) drawing.append(svg("path", { class: "line", d: "M-14,0H14" }));
  drawing.append(symbol(series, [0, 0], 5));
  return drawing;
}

function polygon(corners, r) {
  return `M${corners.map(([x, y]) => `${(x * r).toFixed(2)},${(y * r).toFixed(2)}`).join("L")}z`;
}
