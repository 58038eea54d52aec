/** Draws one explanation: groups as bars that add up, their largest terms, or where a label was lost. */
import { element } from "./elements.js";

const TERMS = 3;

const REASONS = {
  "not a label": "No query of this log.",
  "outside the typed prefix": "Does not begin with what is typed.",
  "left the beam": "Left the beam.",
  "ranked below": "Found, and ranked below those shown.",
};

/** Return the drawing of an explain document: where the label stands or was lost, and its sum if it has one. */
export function drawExplanation(told) {
  const drawing = element("div", "explanation");
  if (told.lost) drawing.append(lost(told.lost));
  else if (typeof told.rank === "number") drawing.append(standing(told));
  else drawing.append(element("p", "lost", REASONS[told.reason] ?? "Not found."));
  if (typeof told.score === "number") drawing.append(sum(told));
  return drawing;
}

function standing({ rank, rank_without_context: without }) {
  const sentence = element("p", "standing");
  sentence.append("Rank ", element("strong", "", String(rank)));
  if (without === null || without === undefined) sentence.append("; without the session it would not be found");
  else if (without === rank) sentence.append(", the same without the session");
  else sentence.append("; without the session ", element("strong", "", String(without)));
  return sentence;
}

function sum({ groups, terms, score }) {
  const table = element("table", "sum");
  const largest = Math.max(...Object.values(groups).map(Math.abs), 1e-9);
  for (const [group, value] of Object.entries(groups)) {
    table.append(sumRow(group, value, largest, detail(terms.filter((term) => term.group === group))));
  }
  const total = sumRow("score", score, Infinity, "");
  total.className = "total";
  table.append(total);
  return table;
}

function sumRow(name, value, largest, note) {
  const row = element("tr");
  const head = element("th", "", name);
  head.scope = "row";
  if (note) head.append(element("small", "", note));
  const drawn = element("td", "bar");
  const bar = element("meter", value < 0 ? "minus" : "plus");
  Object.assign(bar, { min: 0, max: 1, value: Number.isFinite(largest) ? Math.abs(value) / largest : 0, ariaLabel: name });
  if (Number.isFinite(largest)) drawn.append(bar);
  row.append(head, drawn, element("td", "value", signed(value)));
  return row;
}

function detail(terms) {
  const named = terms.filter(({ term, value }) => term && value);
  const top = named.sort((one, other) => Math.abs(other.value) - Math.abs(one.value)).slice(0, TERMS);
  return top.map(({ term, value }) => `${term} ${signed(value)}`).join(" · ");
}

function lost({ layer, score, beam_last_score: last }) {
  const sentence = element("p", "lost");
  sentence.append("Lost in ", element("strong", "", `layer ${layer}`), ": its node scored ", element("strong", "", signed(score)));
  if (last !== null) sentence.append(", the last one kept ", element("strong", "", signed(last)));
  sentence.append(".");
  return sentence;
}

function signed(value) {
  return typeof value === "number" ? `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}` : "–";
}
