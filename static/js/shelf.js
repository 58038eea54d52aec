/** The systems' products side by side, lines between equal ones. In: `show(answer, titles)`. Knows drawing only. */
import { element } from "./elements.js";
import { card } from "./product-card.js";
import { lines, markText } from "./ranks.js";

const ROWS = 10;

export class Shelf extends HTMLElement {
  connectedCallback() {
    this.addEventListener("pointerover", (event) => markText(this, event.target.closest("[data-text]")?.dataset.text ?? null));
    this.addEventListener("pointerleave", () => markText(this, null));
    this.addEventListener("focusin", (event) => markText(this, event.target.dataset.text ?? null));
    this.addEventListener("focusout", () => markText(this, null));
  }

  show({ systems, cards, asked }, titles) {
    const ids = titles.map(([name]) => systems[name].products.map((product) => product.product_id));
    const parts = titles.flatMap((title, place) => {
      const drawn = column(title, systems[title[0]], cards, asked);
      return place ? [lines(ids[place - 1], ids[place], ROWS), drawn] : [drawn];
    });
    this.dataset.columns = titles.length;
    this.replaceChildren(...parts);
  }
}

function column([name, title, says], { products, took_ms: took }, cards, asked) {
  const section = element("section", "system");
  section.dataset.system = name;
  section.setAttribute("aria-label", title);
  const head = element("header", "system-head");
  const heading = element("h2", "", title);
  heading.append(element("span", "took", ` ${took.toFixed(2)} ms`));
  head.append(heading, element("p", "small", asked ? `${products.filter((one) => one.purchased).length} of ${products.length} bought` : says));
  const list = element("ol", "cards");
  list.append(...products.map((product) => card(product, cards[product.product_id] ?? {}, asked, name)));
  section.append(head, products.length ? list : element("p", "note shown", "Nothing found."));
  return section;
}
