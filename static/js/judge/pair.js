/** Judging two lists at one prefix. In: `show(item)`, `press(key)`. Calls `cast(vote)`. */
import { CHOICE_KEYS, choiceOf, offerChoices } from "./choices.js";
import { drawSides } from "./sides.js";

export class Pair {
  keys = CHOICE_KEYS;
  #sides;
  #cast;

  constructor({ shown, ballot, cast }) {
    this.#sides = drawSides(shown);
    this.#cast = cast;
    offerChoices(ballot, cast);
  }

  show({ left, right, prefix, typed }) {
    const [one, other] = this.#sides;
    one.show(left.rows, right.rows, prefix);
    other.show(right.rows, left.rows, prefix);
    typed(prefix, "");
  }

  press(key) {
    const vote = choiceOf(key);
    if (vote) this.#cast(vote);
    return vote !== null;
  }

  rest() {}
}
