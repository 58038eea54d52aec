/** The beam as a tree: who was kept, evaluated, pruned, and beneath whom. Knows the document; draws nothing. */

const ROOT = "root";

/**
 * Return rows `{id, parent, state, score, layer, name}` of a beam, the root first.
 *
 * `kept` went on; `evaluated` was scored and dropped; `pruned` stands for all that was never entered beneath it.
 */
export function beamRows(layers) {
  const rows = [{ id: ROOT, parent: null, state: "kept", score: null, layer: 0, name: "" }];
  let above = [{ id: ROOT, span: null }];
  layers.forEach((layer, depth) => {
    const kept = [];
    for (const node of layer) {
      const id = `${depth}-${node.node}`;
      const parent = parentOf(node, above, depth);
      rows.push({ id, parent, state: node.kept ? "kept" : "evaluated", score: node.score, layer: depth + 1, name: node.name ?? "" });
      if (node.kept) kept.push({ id, span: node.span });
      else if (depth < layers.length - 1) rows.push(beneath(id, depth + 2));
    }
    if (kept.length) above = kept;
  });
  return rows;
}

/** Return how many nodes of the rows are in each state. */
export function countStates(rows) {
  const count = { kept: -1, evaluated: 0, pruned: 0 };
  rows.forEach(({ state }) => count[state]++);
  return count;
}

function beneath(parent, layer) {
  return { id: `${parent}-beneath`, parent, state: "pruned", score: null, layer, name: "" };
}

/** The parent as told, else the kept node above whose span holds this one's, else the first. */
function parentOf(node, above, depth) {
  const told = above.find(({ id }) => id === `${depth - 1}-${node.parent}`);
  const holds = ({ span }) => span && node.span && span[0] <= node.span[0] && node.span[1] <= span[1];
  return (told ?? above.find(holds) ?? above[0]).id;
}
