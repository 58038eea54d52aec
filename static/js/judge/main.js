/** The page to judge on: makes its parts and joins them with keys and buttons. */
import { switchTheme } from "../theme.js";
import { Draft } from "./draft.js";
import { Grades } from "./grades.js";
import { Outbox } from "./outbox.js";
import { Pair } from "./pair.js";
import { Rating } from "./rating.js";
import { openStorage } from "./shelf.js";
import { Typing } from "./typing.js";
import { View } from "./view.js";
import { Work } from "./work.js";

const MODES = { list: Pair, typing: Typing, interleaved: Draft, graded: Grades };
const GENERAL_KEYS = [[["N"], "a note on this one"], [["U"], "undo the last vote"], [["?"], "these keys"]];
const RATER = "nextquery-rater";

const page = document.querySelector(".judge");
const kind = page.dataset.mode;
const storage = openStorage();
const view = new View(page);
const work = new Work(page.dataset.study, page.dataset.split === "true");
const rating = new Rating({ kind, view, work });
rating.outbox = new Outbox({
  kept: (told) => rating.kept(told),
  refused: ({ message }) => view.showKept(`A vote was refused and is kept aside: ${message}`, true),
  changed: () => rating.showKept(),
});
rating.mode = new MODES[kind]({ ...view.parts, cast: (vote) => rating.cast(vote) });

const acts = {
  undo: () => rating.undo(),
  note: () => rating.judging && view.openNote(true),
  rater: () => (rating.mode.rest(), view.askRater(work.rater)),
};
const tools = { theme: switchTheme, help: () => document.querySelector("#help").showModal() };
const letters = { u: acts.undo, n: acts.note, "?": tools.help };

function press(event) {
  const { key, target } = event;
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (target.id === "note" && (key === "Escape" || (key === "Enter" && !event.shiftKey))) {
    event.preventDefault();
    view.stage.focus();
  }
  if (target.matches("input, textarea, select") || (event.repeat && !key.startsWith("Arrow"))) return;
  if (target.closest("a, button") && (key === " " || key === "Enter")) return;
  const act = letters[key.toLowerCase()] ?? (rating.judging ? () => rating.mode.press(key) : () => false);
  if (act() !== false) event.preventDefault();
}

document.addEventListener("keydown", press);
document.addEventListener("click", ({ target }) => tools[target.closest("[data-tool]")?.dataset.tool]?.());
page.addEventListener("click", ({ target, detail }) => {
  acts[target.closest("[data-act]")?.dataset.act]?.();
  if (detail && rating.judging && target.closest("[data-shown]")) view.stage.focus({ preventScroll: true });
});
page.querySelector(".judge-start").addEventListener("submit", (event) => {
  event.preventDefault();
  const name = event.target.elements.rater.value.trim();
  if (!name) return;
  storage.setItem(RATER, name);
  view.showRater(name);
  rating.begin(name);
});
view.explainKeys([...rating.mode.keys, ...GENERAL_KEYS]);
rating.outbox.send();
view.askRater(storage.getItem(RATER) ?? "");
page.dataset.live = "true";
