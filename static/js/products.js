/** The page of products: joins its form, its knobs, the shelf and the search on the tree. */
import { drawBeam, drawLegend } from "./beams.js";
import { beamRows, countStates } from "./beam-tree.js";
import { LatestAnswer } from "./completions.js";
import { Curve } from "./curve.js";
import { queryString } from "./requests.js";
import { Shelf } from "./shelf.js";
import { switchTheme } from "./theme.js";

class SearchTree extends HTMLElement {
  show(found) {
    const rows = beamRows(found.beam);
    const counts = countStates(rows, found.evaluated);
    this.replaceChildren(drawBeam(rows, "XR-Linear", counts), drawLegend(counts));
  }
}
for (const [name, type] of Object.entries({ shelf: Shelf, curve: Curve, search: SearchTree })) customElements.define(`nq-${name}`, type);

const PATIENCE_MS = 2000;
const page = document.querySelector(".products-page");
const find = (selector) => page.querySelector(selector);
const [form, says, cost, problem, field] = [".ask", "[data-says]", "[data-cost]", "[data-problem]", "#query"].map(find);
const titles = JSON.parse(page.dataset.systems);
const { curve = [] } = JSON.parse(page.dataset.measured);
const answers = new LatestAnswer("/api/v1/products");
const knobs = Object.fromEntries(["beam", "threshold"].map((name) => [name, { input: find(`#${name}`), chart: find(`[data-over=${name}]`), scale: JSON.parse(find(`#${name}`).dataset.scale) }]));
let preset = "";

function settings() {
  return Object.fromEntries(Object.entries(knobs).map(([name, { input, scale }]) => [name, scale[input.value]]));
}

/** Show where the knobs stand, and what the held-out purchases gave there. */
function showKnobs() {
  const now = settings();
  for (const [name, { input, chart, scale }] of Object.entries(knobs)) {
    form.querySelector(`output[for=${name}]`).value = now[name];
    input.ariaValueText = String(now[name]);
    const other = name === "beam" ? "threshold" : "beam";
    const points = curve.filter((row) => row[other] === now[other]).map((row) => ({ ...row, at: row[name] }));
    chart.show(points.sort((one, next) => scale.indexOf(one.at) - scale.indexOf(next.at)), now[name]);
  }
}

function sayCost({ systems, megabytes }) {
  const now = settings();
  const row = curve.find(({ beam, threshold }) => beam === now.beam && threshold === now.threshold);
  const recall = row ? `recall@10 ${row.recall10.toFixed(3)}, @100 ${row.recall100.toFixed(3)} · ` : "";
  cost.textContent = `XR-Linear: ${recall}${megabytes.toFixed(1)} MB · ${systems["xr-linear"].took_ms.toFixed(2)} ms`;
}

function show(answer) {
  const { query, asked, bought } = answer;
  find("nq-shelf").show(answer, titles);
  find("nq-search").show(answer.tree);
  sayCost(answer);
  const told = asked
    ? `${bought} product${bought === 1 ? "" : "s"} bought by held-out shoppers after “${query}”.`
    : `No held-out shopper bought anything after “${query}”: nothing is outlined.`;
  says.textContent = preset ? `${told} ${preset}` : told;
  page.dataset.shown = query;
}

/** Ask for what the form says; a refusal is shown, and the old products stay. */
async function ask() {
  const query = field.value.trim();
  showKnobs();
  if (!query) return live();
  history.replaceState(null, "", `/products?${queryString({ query, ...settings(), model: page.dataset.model })}`);
  try {
    const answer = await answers.ask({ query, ...settings(), model: page.dataset.model });
    if (!answer) return;
    problem.hidden = true;
    show(answer.document);
  } catch (error) {
    problem.textContent = error.name === "Refusal" ? error.message : "The server does not answer.";
    problem.hidden = false;
    if (error.retryAfter) return setTimeout(ask, PATIENCE_MS);
  }
  live();
}

function live() {
  page.dataset.live = "true";
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-preset]");
  if (event.target.closest("[data-tool=theme]")) switchTheme();
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  [field.value, preset] = [link.textContent, link.dataset.shows];
  ask();
});
form.addEventListener("submit", (event) => (event.preventDefault(), ask()));
form.addEventListener("input", ({ target }) => (target === field && (preset = ""), ask()));
preset = [...page.querySelectorAll("[data-preset]")].find((link) => link.textContent === field.value)?.dataset.shows ?? "";
ask();
