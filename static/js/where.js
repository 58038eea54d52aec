/** Where a query of the user's choice ended up in each index. In: `show(label, told)`, `told` by index. */
import { drawExplanation } from "./explanation.js";
import { ordered } from "./indexes.js";
import { element } from "./elements.js";

const HINT = "Type any query of the log: its rank in each index, or the layer that lost it.";

export class Where extends HTMLElement {
  #body = element("div", "where-body");

  connectedCallback() {
    this.append(this.#body);
  }

  /** Show one explanation an index; an `Error` in its place is shown as what it says. */
  show(label, told) {
    if (!label) {
      this.#body.replaceChildren(element("p", "hint", HINT));
      return;
    }
    this.#body.replaceChildren(
      ...ordered(told).map((name) => {
        const section = element("section", "where-index");
        const content = told[name] instanceof Error ? element("p", "lost", told[name].message) : drawExplanation(told[name]);
        section.append(element("h2", "", name), content);
        return section;
      }),
    );
  }
}
