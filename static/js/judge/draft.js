/** Judging one list that both systems drafted: marking the rows one would take. In: `show(item)`, `press(key)`. */
import { element } from "../elements.js";
import { putCompleted } from "../rows.js";
import { button } from "./choices.js";

export class Draft {
  keys = [[["1", "…", "0"], "mark the row, or not"], [["Enter"], "done"], [["X"], "none of them"]];
  #list = element("ol", "draft");
  #cast;

  constructor({ shown, ballot, cast }) {
    this.#cast = cast;
    shown.replaceChildren(element("p", "instruction", "Mark every row you would take."), this.#list);
    ballot.replaceChildren(button("Done", "Enter", () => this.#done(), "done"), button("None of them", "x", () => cast([]), "bad"));
  }

  show({ rows, prefix, typed }) {
    this.#list.replaceChildren(...rows.map((text, place) => this.#row(text, place, prefix)));
    typed(prefix, "");
  }

  press(key) {
    const place = key === "0" ? 9 : /^[1-9]$/.test(key) ? Number(key) - 1 : -1;
    if (key === "Enter") this.#done();
    else if (key.toLowerCase() === "x") this.#cast([]);
    else if (place >= 0) this.#rows[place]?.click();
    else return false;
    return true;
  }

  rest() {}

  get #rows() {
    return [...this.#list.querySelectorAll("button")];
  }

  #done() {
    this.#cast(this.#rows.flatMap((row, place) => (row.getAttribute("aria-pressed") === "true" ? [place] : [])));
  }

  #row(text, place, prefix) {
    const item = element("li");
    const row = element("button", "draft-row");
    row.type = "button";
    row.setAttribute("aria-pressed", "false");
    const words = element("span", "text");
    words.dir = "auto";
    putCompleted(words, { text }, prefix);
    row.append(element("kbd", "", String((place + 1) % 10)), words, element("span", "mark", "✓"));
    row.addEventListener("click", () => row.setAttribute("aria-pressed", String(row.getAttribute("aria-pressed") !== "true")));
    item.append(row);
    return item;
  }
}
