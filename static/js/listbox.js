/** The popup of a combobox: which option is active, and whether the list is open, told to ARIA. */
export class Listbox {
  #input;
  #list;
  #active = -1;

  constructor(input, list) {
    this.#input = input;
    this.#list = list;
  }

  get open() {
    return !this.#list.hidden;
  }

  get size() {
    return this.#list.children.length;
  }

  /** The text of the active option, else null. */
  get active() {
    return this.#list.children[this.#active]?.dataset.text ?? null;
  }

  /** Step through the options and the place before the first, which is the typed text. */
  walk(step) {
    const places = this.size + 1;
    this.activate(((this.#active + 1 + step + places) % places) - 1);
    return true;
  }

  activate(position) {
    this.#list.children[this.#active]?.setAttribute("aria-selected", "false");
    this.#active = position;
    const option = this.#list.children[position];
    option?.setAttribute("aria-selected", "true");
    if (option) this.#input.setAttribute("aria-activedescendant", option.id);
    else this.#input.removeAttribute("aria-activedescendant");
  }

  /** Name the options that now stand in the list. */
  refresh() {
    [...this.#list.children].forEach((option, position) => (option.id = `${this.#list.id}-${position}`));
    this.activate(-1);
  }

  show(open) {
    if (!open) this.activate(-1);
    this.#list.hidden = !open;
    this.#input.setAttribute("aria-expanded", String(open));
    return true;
  }
}
