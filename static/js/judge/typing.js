/** Judging the whole typing of a query: both lists evolve key by key. In: `show(item)`, `press(key)`, `rest()`. */
import { element } from "../elements.js";
import { CHOICE_KEYS, choiceOf, offerChoices } from "./choices.js";
import { drawSides } from "./sides.js";

const PACE_MS = 190;
const STEPS = { ArrowRight: 1, ArrowLeft: -1 };

export class Typing {
  keys = [...CHOICE_KEYS, [["←", "→"], "one key back or on"], [["Space"], "type it again, or stop"]];
  #sides;
  #tracks = [];
  #cast;
  #timer = 0;
  #item = null;
  #letters = [];
  #at = 1;

  constructor({ shown, ballot, cast }) {
    this.#cast = cast;
    this.#sides = drawSides(shown);
    for (const side of this.#sides) {
      const says = element("p", "side-found");
      const track = element("div", "track");
      track.setAttribute("aria-hidden", "true");
      side.head.append(says, track);
      this.#tracks.push({ says, track });
    }
    shown.addEventListener("click", ({ target }) => target.closest("[data-key]") && this.#go(Number(target.closest("[data-key]").dataset.key)));
    offerChoices(ballot, cast);
  }

  show(item) {
    this.#item = item;
    this.#letters = [...item.prefix];
    for (const [place, side] of [item.left, item.right].entries()) this.#drawTrack(this.#tracks[place], side.steps);
    this.#put(1);
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches) this.#play();
  }

  press(key) {
    const vote = choiceOf(key);
    if (vote) this.#cast(vote);
    else if (STEPS[key]) this.#go(this.#at + STEPS[key]);
    else if (key === " ") this.#timer ? this.rest() : this.#play();
    else return false;
    return true;
  }

  /** Stop typing. */
  rest() {
    clearInterval(this.#timer);
    this.#timer = 0;
  }

  /** Type from the start, until both sides show the query or all of it is typed. */
  #play() {
    this.rest();
    this.#put(1);
    const found = [this.#item.left, this.#item.right].map(({ steps }) => firstShown(steps, this.#item.prefix) ?? Infinity);
    const end = Math.min(this.#letters.length, Math.max(...found));
    this.#timer = setInterval(() => (this.#at >= end ? this.rest() : this.#put(this.#at + 1)), PACE_MS);
  }

  #go(at) {
    this.rest();
    this.#put(at);
  }

  #put(at) {
    this.#at = Math.max(1, Math.min(at, this.#letters.length));
    const { left, right, prefix: wanted, typed } = this.#item;
    const prefix = this.#letters.slice(0, this.#at).join("");
    const [one, other] = [left, right].map(({ steps }) => steps[this.#at - 1]);
    this.#sides[0].show(one, other, prefix, wanted);
    this.#sides[1].show(other, one, prefix, wanted);
    typed(prefix, this.#letters.slice(this.#at).join(""));
    for (const { track } of this.#tracks) [...track.children].forEach((cell, place) => cell.classList.toggle("now", place + 1 === this.#at));
  }

  /** One cell a key: the rank of the query after it, a dot where it is not shown. */
  #drawTrack({ says, track }, steps) {
    const wanted = this.#item.prefix;
    const found = firstShown(steps, wanted);
    says.textContent = found ? `found at key ${found} of ${steps.length}` : `not in ${steps.length} keys`;
    track.replaceChildren(...steps.map((rows, place) => {
      const rank = rows.findIndex(({ text }) => text === wanted) + 1;
      const cell = element("span", rank ? "cell there" : "cell", rank ? String(rank) : "·");
      cell.dataset.key = place + 1;
      return cell;
    }));
  }
}

function firstShown(steps, wanted) {
  const place = steps.findIndex((rows) => rows.some(({ text }) => text === wanted));
  return place < 0 ? null : place + 1;
}
