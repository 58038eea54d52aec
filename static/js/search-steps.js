/** A beam search as steps: what each node is after so many of them. Knows the document; draws nothing. */

/** Return how many steps a search takes: each layer is evaluated, then cut to the beam. */
export function countSteps({ layers }) {
  return 2 * layers.length;
}

/**
 * Return the drawn nodes after `step` steps: Map of node → `{state, score}`.
 *
 * `kept` went on; `evaluated` was scored, and not kept; `pruned` cannot be reached any more; `waiting` may be.
 */
export function statesAt({ root, layers }, step) {
  const scored = Math.ceil(step / 2);
  const decided = Math.floor(step / 2);
  const rows = new Map();
  layers.slice(0, scored).forEach((layer, depth) => {
    for (const { node, score, kept } of layer) rows.set(node, { state: kept && depth < decided ? "kept" : "evaluated", score, final: depth < decided });
  });
  const found = new Map();
  const walk = (node, depth, lost) => {
    const last = node.nodes.filter((id) => rows.has(id)).at(-1);
    const passed = depth > 0 && depth <= scored;
    const here = last !== undefined ? rows.get(last) : depth === 0 ? ROOT : { state: lost || passed ? "pruned" : "waiting", score: null };
    found.set(node, here);
    const dead = here.state === "pruned" || (here.state === "evaluated" && here.final);
    for (const child of node.children) walk(child, depth + 1, dead);
  };
  walk(root, 0, false);
  return found;
}

/** Say in one line what a step did to one index. */
export function sayStep({ layers }, step) {
  if (step === 0) return "at the root";
  const depth = Math.ceil(Math.min(step, 2 * layers.length) / 2);
  const layer = layers[depth - 1] ?? [];
  const evaluated = `layer ${depth}: ${layer.length} evaluated`;
  return step % 2 && step < 2 * layers.length ? evaluated : `${evaluated}, ${layer.filter((row) => row.kept).length} kept`;
}

const ROOT = { state: "kept", score: null };
