/** Where a query of the user's choice ended up in each index. In: `show(label, told)`, `told` by index. */
import { drawExplanation } from "./explanation.js";
import { ordered } from "./indexes.js";
import { element } from "./elements.js";

export class Where extends HTMLElement {
  #body = element("div", "where-body");

  connectedCallback() {
    this.append(this.#body);
  }

  /** Show one explanation an index; an `Error` in its place is shown as what it says. */
  show(label, told) {
    const same = new Set(Object.values(told).map((one) => (one instanceof Error ? one.message : one)));
    const [only] = same;
    if (!label || (same.size === 1 && typeof only === "string")) {
      const hint = "Type any query of the log: its rank in each index, or the layer that lost it.";
      this.#body.replaceChildren(element("p", "hint", label ? only : hint));
      return;
    }
    this.#body.replaceChildren(
      ...ordered(told).map((name) => {
        const section = element("section", "where-index");
        const content = told[name] instanceof Error ? element("p", "lost", told[name].message) : drawExplanation(label, told[name]);
        section.append(element("h2", "", name), content);
        return section;
      }),
    );
  }
}
