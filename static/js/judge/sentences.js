/** What is said about votes. Knows words only. */
import { nameOf } from "./choices.js";

/** Return what the last vote was, with the systems' names where the server has told them. */
export function lastVote(mode, vote, names) {
  if (mode === "graded") return `Last: ${vote.length} rows graded.`;
  if (mode === "interleaved") return drafted(vote, names);
  if (!names) return `Last: ${nameOf(vote)}.`;
  const [chosen, other] = vote === "right" ? [names.right, names.left] : [names.left, names.right];
  if (vote === "left" || vote === "right") return `Last: ${nameOf(vote)}, ${chosen}, over ${other}.`;
  return `Last: ${nameOf(vote)}. Left was ${names.left}, right ${names.right}.`;
}

/** Return how many votes wait, and for what; empty where all are kept. */
export function onTheWay(count, state) {
  if (!count) return "";
  const votes = count === 1 ? "1 vote" : `${count} votes`;
  if (state === "door") return `${votes} kept here until you say the passphrase again`;
  return state === "network" ? `${votes} kept here until the server answers` : `saving ${votes}`;
}

function drafted(vote, names) {
  const rows = vote.length === 1 ? "1 row" : `${vote.length || "no"} rows`;
  if (!names) return `Last: ${rows} marked.`;
  const brought = vote.map((place) => names.rows[place][0]);
  const counts = [names.left, names.right].map((name) => `${brought.filter((each) => each === name).length} from ${name}`);
  return vote.length ? `Last: ${rows} marked, ${counts.join(", ")}.` : `Last: no rows marked, of ${names.left} and ${names.right}.`;
}
