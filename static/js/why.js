/** The popover that says why a row is where it is. In: `explain(parameters, near)`, `fold()`. */
import { LatestAnswer } from "./completions.js";
import { drawExplanation } from "./explanation.js";
import { element } from "./elements.js";

export class Why extends HTMLElement {
  #explanations = new LatestAnswer("/api/v1/explain");

  connectedCallback() {
    document.addEventListener("keydown", (event) => this.#escape(event), { capture: true });
    document.addEventListener("pointerdown", (event) => this.contains(event.target) || this.fold());
  }

  /** Ask for `label`'s sum and show it beside the element `near`. */
  async explain(parameters, near) {
    const place = near.getBoundingClientRect();
    let body;
    try {
      const answer = await this.#explanations.ask(parameters);
      if (!answer) return;
      body = drawExplanation(answer.document);
    } catch (error) {
      body = element("p", "lost", error.message);
    }
    const title = element("h2", "", parameters.label);
    title.dir = "auto";
    const close = element("button", "plain close", "Close");
    close.type = "button";
    close.addEventListener("click", () => this.fold());
    this.replaceChildren(title, body, close);
    this.showPopover();
    this.#stand(place);
    this.dispatchEvent(new CustomEvent("explained", { bubbles: true, detail: { label: parameters.label } }));
  }

  fold() {
    if (!this.matches(":popover-open")) return;
    this.#explanations.cancel();
    this.hidePopover();
    this.dispatchEvent(new CustomEvent("folded", { bubbles: true }));
  }

  /** Stand beside a row, inside the window. */
  #stand({ left, right, top }) {
    const room = 12;
    const beside = right + room + this.offsetWidth < innerWidth ? right + room : Math.max(room, left - this.offsetWidth - room);
    const fits = Math.max(room, Math.min(top, innerHeight - this.offsetHeight - room));
    this.style.setProperty("left", `${beside}px`);
    this.style.setProperty("top", `${fits}px`);
  }

  #escape(event) {
    if (event.key !== "Escape" || !this.matches(":popover-open")) return;
    event.preventDefault();
    event.stopPropagation();
    this.fold();
  }
}
