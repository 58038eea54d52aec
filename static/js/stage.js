/** The room's view: large type, and the caption of the moment being played. Knows two elements and one attribute. */
export class Stage {
  #caption;

  constructor(caption) {
    this.#caption = caption;
  }

  get presenting() {
    return "presenting" in document.documentElement.dataset;
  }

  /** Large type without chrome, and back. */
  toggle() {
    document.documentElement.toggleAttribute("data-presenting");
  }

  /** Say which moment is on. */
  announce({ place, count, title, shows }) {
    const put = (name, text) => (this.#caption.querySelector(`[data-${name}]`).textContent = text);
    put("place", `${place} of ${count}`);
    put("title", title);
    put("shows", shows);
    this.#caption.hidden = false;
  }
}
