/** Tree, trie and hybrid side by side for one question. In: `show(comparison)`. Out: `asked-why` {text, index}. */
import { element } from "./elements.js";
import { column, lines, markText } from "./ranks.js";

const ORDER = ["tree", "trie", "hybrid"];
const ROWS = 10;

/** Return the index names of a comparison from left to right. */
export function ordered(indexes) {
  return Object.keys(indexes).sort((one, other) => ORDER.indexOf(one) - ORDER.indexOf(other));
}

/** Return the head of an index's column: its name, and what the answer cost. */
export function indexHead(name, { took_ms: tookMs, nodes_visited: visited, candidates }) {
  const head = element("header", "rank-head");
  const title = element("h2", "", name);
  title.append(element("span", "took", ` ${tookMs.toFixed(2)} ms`));
  head.append(title, figures([`${visited.toLocaleString("en")} nodes`, `${candidates.toLocaleString("en")} candidates`]));
  return head;
}

function figures(parts) {
  const list = element("p", "figures");
  list.append(...parts.map((part) => element("span", "", part)));
  return list;
}

export class Indexes extends HTMLElement {
  connectedCallback() {
    this.addEventListener("pointerover", (event) => markText(this, event.target.closest("[data-text]")?.dataset.text ?? null));
    this.addEventListener("pointerleave", () => markText(this, null));
    this.addEventListener("focusin", (event) => markText(this, event.target.dataset.text ?? null));
    this.addEventListener("click", (event) => this.#ask(event.target.closest("button")));
  }

  show({ indexes, only }) {
    const names = ordered(indexes);
    const texts = names.map((name) => indexes[name].completions.map((completion) => completion.text));
    const parts = names.flatMap((name, place) => {
      const rows = texts[place].map((text) => ({ text, ...(only[name]?.includes(text) ? ONLY : {}) }));
      const drawn = column(name, indexHead(name, indexes[name]), rows);
      return place ? [lines(texts[place - 1], texts[place], ROWS), drawn] : [drawn];
    });
    this.dataset.columns = names.length;
    this.replaceChildren(...parts);
  }

  #ask(button) {
    if (!button) return;
    const detail = { text: button.dataset.text, index: button.dataset.column, near: button };
    this.dispatchEvent(new CustomEvent("asked-why", { bubbles: true, detail }));
  }
}

const ONLY = { mark: "◆ only", markLabel: "found by this index alone", markKind: "only" };
