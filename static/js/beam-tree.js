/** The beam as a tree: who was kept, evaluated, pruned, and beneath whom. Knows the document; draws nothing. */

const ROOT = "root";

/**
 * Return rows `{id, parent, state, score}` of a beam, the root first.
 *
 * `kept` went on; `evaluated` was scored and dropped; `pruned` stands for all that was never entered beneath it.
 */
export function beamRows(layers) {
  const rows = [{ id: ROOT, parent: null, state: "kept", score: null }];
  let above = new Map();
  layers.forEach((layer, depth) => {
    const here = new Map();
    for (const { node, parent, score, kept, span } of layer) {
      const id = `${depth}-${node}`;
      rows.push({ id, parent: above.get(parent) ?? ROOT, state: kept ? "kept" : "evaluated", score });
      here.set(node, id);
      if (!kept && span[1] - span[0] > 1) rows.push({ id: `${id}-beneath`, parent: id, state: "pruned", score: null });
    }
    above = here;
  });
  return rows;
}

/** Return how many nodes were kept, and how many of all that were scored were dropped. */
export function countStates(rows, evaluated) {
  const kept = rows.filter(({ state }) => state === "kept").length - 1;
  const scored = evaluated ? evaluated.reduce((sum, layer) => sum + layer, 0) : rows.filter(({ score }) => score !== null).length;
  return { kept, dropped: scored - kept };
}
