/** The page of the three indexes: joins its form, its drawings and its steps. */
import { LatestAnswer } from "./completions.js";
import { drawIndex } from "./figure-tree.js";
import { element } from "./elements.js";
import { queryString } from "./requests.js";
import { countSteps, sayStep, statesAt } from "./search-steps.js";
import { switchTheme } from "./theme.js";

const PACE_MS = 1100;
const PATIENCE_MS = 2000;
const page = document.querySelector(".figure-page");
const [form, says, problem, play] = [".figure-form", "[data-says]", "[data-problem]", "[data-step=play]"].map((selector) => page.querySelector(selector));
const answers = new LatestAnswer("/api/v1/indexes");
let drawn = [];
let steps = 0;
let step = 0;
let timer = null;

/** Show the search after so many steps, in all drawings at once. */
function goTo(wanted) {
  step = Math.max(0, Math.min(steps, wanted));
  for (const { index, paint, section } of drawn) {
    paint(statesAt(index, step));
    section.querySelector("[data-found]").replaceChildren(...(step < steps ? [sayStep(index, step)] : found(index)));
  }
  says.textContent = step < steps ? `Step ${step} of ${steps}` : `The search is done: ${steps} steps`;
  page.querySelector("[data-step=back]").disabled = step === 0;
  page.querySelector("[data-step=on]").disabled = step === steps;
}

function found({ found: rows }) {
  if (!rows.length) return ["Nothing begins with what is typed."];
  return ["Found ", ...rows.flatMap(({ text, score }, place) => [place ? ", " : "", Object.assign(element("strong", "", text), { dir: "auto" }), ` ${Math.exp(score).toFixed(3)}`])];
}

function show({ indexes }) {
  stop();
  drawn = Object.entries(indexes).map(([name, index]) => {
    const section = page.querySelector(`[data-kind=${name}]`);
    const place = section.querySelector(".drawing");
    const { drawing, paint } = drawIndex(index.root, name, place.clientWidth);
    place.replaceChildren(drawing);
    section.querySelector("[data-cost]").textContent = `${index.nodes} nodes, ${index.nodes_visited} scored`;
    return { index, paint, section };
  });
  steps = Math.max(...drawn.map(({ index }) => countSteps(index)));
  goTo(steps);
}

/** Draw what the form says; a refusal is shown, and the old drawings stay. */
async function draw() {
  const asked = Object.fromEntries(new FormData(form));
  for (const output of form.querySelectorAll("output")) output.value = asked[output.htmlFor.value];
  try {
    const answer = await answers.ask(asked);
    if (!answer) return;
    problem.hidden = true;
    show(answer.document);
    page.dataset.live = "true";
    page.dataset.shown = queryString(asked);
  } catch (error) {
    problem.textContent = error.name === "Refusal" ? error.message : "The server does not answer.";
    problem.hidden = false;
    if (error.retryAfter) setTimeout(draw, PATIENCE_MS);
  }
}

function stop() {
  clearInterval(timer);
  timer = null;
  play.textContent = "Play the search";
}

function start() {
  if (step === steps) goTo(0);
  timer = setInterval(() => (goTo(step + 1), step === steps && stop()), PACE_MS);
  play.textContent = "Pause";
}

const pressed = { play: () => (timer ? stop() : start()), back: () => (stop(), goTo(step - 1)), on: () => (stop(), goTo(step + 1)) };
document.addEventListener("click", ({ target }) => {
  pressed[target.closest("[data-step]")?.dataset.step]?.();
  if (target.closest("[data-tool=theme]")) switchTheme();
});
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", () => {
  history.replaceState(null, "", `/indexes?${queryString(Object.fromEntries(new FormData(form)))}`);
  draw();
});
draw();
