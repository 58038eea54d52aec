/** The side panel's frame: which view is open, and its two questions. Out: `view` {panel}, `question` {other|label}. */
export class Panel extends HTMLElement {
  connectedCallback() {
    this.addEventListener("change", ({ target }) => target.name === "view" && this.#say("view", { panel: target.value }));
    this.addEventListener("input", ({ target }) => {
      if (target.id === "other") this.#say("question", { other: target.value });
      if (target.id === "where") this.#say("question", { label: target.value });
    });
  }

  /** Open one view, with its question. */
  open({ panel, other, label }) {
    for (const view of this.querySelectorAll("[data-view]")) view.hidden = view.dataset.view !== panel;
    this.querySelector(`[name=view][value=${panel}]`).checked = true;
    const fields = { other, where: label };
    for (const [id, text] of Object.entries(fields)) {
      const field = this.querySelector(`#${id}`);
      if (field !== document.activeElement) field.value = text;
    }
  }

  #say(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  }
}
