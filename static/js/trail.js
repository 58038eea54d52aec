/** The session as chips. Out: `back` {position}, `forget` {position}, `fresh`. In: `show(queries)`. */
export class Trail extends HTMLElement {
  #chips;
  #template;

  connectedCallback() {
    this.#chips = this.querySelector(".chips");
    this.#template = this.querySelector("template");
    this.addEventListener("click", (event) => this.#click(event));
  }

  show(queries) {
    this.#chips.replaceChildren(...queries.map((text, position) => this.#chip(text, position === queries.length - 1)));
    this.querySelector(".none").hidden = queries.length > 0;
    this.querySelector("[data-new]").hidden = queries.length === 0;
    const products = this.querySelector("[data-products]");
    if (products) Object.assign(products, { hidden: queries.length === 0, href: `/products?${new URLSearchParams({ query: queries.at(-1) ?? "" })}`, title: `Products for ${queries.at(-1)}` });
  }

  #chip(text, last) {
    const chip = this.#template.content.firstElementChild.cloneNode(true);
    const back = chip.querySelector(".back");
    back.textContent = text;
    chip.classList.toggle("last", last);
    if (last) back.setAttribute("aria-current", "true");
    chip.querySelector(".forget").setAttribute("aria-label", `Forget ${text}`);
    return chip;
  }

  #click(event) {
    const button = event.target.closest("button");
    if (!button) return;
    event.preventDefault();
    const position = [...this.#chips.children].indexOf(button.closest("li"));
    const name = button.matches("[data-new]") ? "fresh" : button.matches(".back") ? "back" : "forget";
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, detail: { position } }));
  }
}
