/** Judging rows one by one, 0 to 3, in random order. In: `show(item)`, `press(key)`. Calls `cast(grades)`. */
import { element } from "../elements.js";
import { putCompleted } from "../rows.js";
import { button } from "./choices.js";

const GRADES = ["useless", "so-so", "good", "exactly"];

export class Grades {
  keys = [[["0", "…", "3"], "grade the row, and on to the next"], [["↑", "↓"], "walk"], [["Enter"], "done, once all are graded"]];
  #list = element("ol", "graded");
  #done;
  #cast;
  #grades = [];
  #at = 0;

  constructor({ shown, ballot, cast }) {
    this.#cast = cast;
    const legend = element("p", "instruction", GRADES.map((name, grade) => `${grade} ${name}`).join(" · "));
    shown.replaceChildren(legend, this.#list);
    this.#done = button("Done", "Enter", () => this.#finish(), "done");
    ballot.replaceChildren(this.#done);
  }

  show({ rows, prefix, typed }) {
    this.#grades = rows.map(() => null);
    this.#list.replaceChildren(...rows.map((text, place) => this.#row(text, place, prefix)));
    this.#walk(0);
    typed(prefix, "");
  }

  press(key) {
    if (/^[0-3]$/.test(key)) this.#grade(this.#at, Number(key));
    else if (key === "ArrowDown" || key === "ArrowUp") this.#walk(this.#at + (key === "ArrowDown" ? 1 : -1));
    else if (key === "Enter") this.#finish();
    else return false;
    return true;
  }

  rest() {}

  #grade(place, grade) {
    this.#grades[place] = grade;
    const buttons = this.#list.children[place].querySelectorAll("button");
    buttons.forEach((each, value) => each.setAttribute("aria-pressed", String(value === grade)));
    const open = this.#grades.indexOf(null, place + 1);
    this.#walk(open >= 0 ? open : this.#grades.includes(null) ? this.#grades.indexOf(null) : place);
  }

  #walk(place) {
    this.#at = Math.max(0, Math.min(place, this.#grades.length - 1));
    [...this.#list.children].forEach((row, each) => row.classList.toggle("here", each === this.#at));
    this.#list.children[this.#at].scrollIntoView({ block: "nearest" });
    this.#done.disabled = this.#grades.includes(null);
  }

  #finish() {
    if (!this.#grades.includes(null)) this.#cast([...this.#grades]);
  }

  #row(text, place, prefix) {
    const row = element("li", "graded-row");
    const words = element("span", "text");
    words.dir = "auto";
    putCompleted(words, { text }, prefix);
    const group = element("span", "scale");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", `Grade of ${text}`);
    group.append(...GRADES.map((name, grade) => {
      const made = element("button", "grade", String(grade));
      made.type = "button";
      made.title = name;
      made.setAttribute("aria-pressed", "false");
      made.addEventListener("click", () => this.#grade(place, grade));
      return made;
    }));
    row.append(words, group);
    return row;
  }
}
