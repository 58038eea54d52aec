/** The page to judge on, as elements: its panels, the moment, the state of the work. Knows the DOM; never fetches. */
import { element } from "../elements.js";

export class View {
  #page;

  constructor(page) {
    this.#page = page;
  }

  /** The places that a mode fills. */
  get parts() {
    return { shown: this.#find("[data-shown]"), ballot: this.#find("[data-ballot]") };
  }

  get stage() {
    return this.#find("[data-panel=stage]");
  }

  get note() {
    return this.#find("#note").value.trim();
  }

  /** Ask who judges. */
  askRater(name) {
    this.#open("start");
    const input = this.#find("#rater");
    input.value = name;
    input.focus();
    input.select();
  }

  /** Say who judges. */
  showRater(name) {
    const button = this.#find("[data-act=rater]");
    button.textContent = name;
    button.setAttribute("aria-label", `Rater ${name}: change`);
    button.hidden = !name;
  }

  /** Show the stage with what was asked before. */
  showMoment(previous) {
    this.#open("stage");
    this.#find("[data-after]").replaceChildren(previous.length ? "after " : "first query of a session", ...previous.map(chip));
    this.openNote(false);
    this.#find("#note").value = "";
    window.scrollTo(0, 0);
    this.stage.focus({ preventScroll: true });
  }

  /** Show what is typed, and what is still to come. */
  type(typed, untyped) {
    this.#find("[data-typed]").textContent = typed;
    this.#find("[data-untyped]").textContent = untyped;
  }

  /** Say that the work is done. */
  showEnd(done, total) {
    this.#showRest(total ? `Done: ${done} of ${total} judged.` : "Nothing to judge: the systems show the same everywhere.");
  }

  /** Say why there is nothing to judge just now. */
  showTrouble({ status, message }) {
    if (status === 401) {
      const way = Object.assign(element("a", "", "Say the passphrase"), { href: `/judge/enter?to=${location.pathname}` });
      return this.#showRest("Judging is closed. ", way);
    }
    return this.#showRest(status === 404 ? message : "The server does not answer just now. Your votes are kept here; this page looks again by itself.");
  }

  showProgress(done, total) {
    const progress = this.#find("progress");
    progress.max = Math.max(total, 1);
    progress.value = done;
    this.#find("[data-progress]").hidden = !total;
    this.#find("[data-count]").textContent = total ? `${done} of ${total}` : "";
  }

  showKept(sentence, warns) {
    const place = this.#find("[data-kept]");
    place.textContent = sentence;
    place.classList.toggle("warns", warns);
  }

  /** Say what the last vote was; `undoable` opens the way back. */
  showLast(sentence, undoable) {
    for (const place of this.#page.querySelectorAll("[data-last]")) place.textContent = sentence;
    for (const button of this.#page.querySelectorAll("[data-act=undo]")) button.disabled = !undoable;
  }

  say(sentence) {
    this.#find("[data-said]").textContent = sentence;
  }

  openNote(open) {
    this.#find("[data-note]").hidden = !open;
    if (!open) return;
    this.#find("#note").focus({ preventScroll: true });
    this.#find("#note").scrollIntoView({ block: "center" });
  }

  /** Fill the list of keys. */
  explainKeys(keys) {
    const rows = keys.map(([names, says]) => {
      const row = element("div");
      const term = element("dt");
      names.forEach((name) => term.append(name === "…" ? name : element("kbd", "", name), " "));
      row.append(term, element("dd", "", says));
      return row;
    });
    document.querySelector("[data-keys]").replaceChildren(...rows);
  }

  #showRest(...says) {
    this.#open("rest");
    this.#find("[data-rest]").replaceChildren(...says);
    this.#find("[data-panel=rest]").focus({ preventScroll: true });
  }

  #open(name) {
    for (const panel of this.#page.querySelectorAll("[data-panel]")) panel.hidden = panel.dataset.panel !== name;
  }

  #find(selector) {
    return this.#page.querySelector(selector);
  }
}

function chip(text, place, { length }) {
  const made = element("span", place === length - 1 ? "chip last" : "chip", text);
  made.dir = "auto";
  return made;
}
