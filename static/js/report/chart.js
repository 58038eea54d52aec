/** One chart: its legend, and the drawing that fits its width. In: the attribute `data-chart`. */
import { element, svg } from "../elements.js";
import { drawLines } from "./lines.js";
import { drawRows, drawStack } from "./rows.js";
import { swatch } from "./symbols.js";

const DRAWINGS = { lines: drawLines, rows: drawRows, stack: drawStack };

export class Chart extends HTMLElement {
  #chart;
  #shown;
  #canvas = element("div", "canvas");
  #width = 0;

  connectedCallback() {
    this.#chart = JSON.parse(this.dataset.chart);
    this.#shown = this.#chart.series.flatMap(({ shown }, i) => (shown ? [i] : []));
    this.replaceChildren(...(this.#chart.series.length > 1 ? [this.#legend()] : []), this.#canvas);
    new ResizeObserver(() => this.#fit()).observe(this.#canvas);
    this.#fit();
  }

  #fit() {
    const width = Math.floor(this.#canvas.clientWidth);
    if (width && width !== this.#width) this.#draw((this.#width = width));
  }

  #draw(width) {
    const em = parseFloat(getComputedStyle(this.#canvas).fontSize);
    const { parts, height } = DRAWINGS[this.#chart.kind](this.#chart, this.#shown, width, em);
    const drawing = svg("svg", { width, height: Math.ceil(height), viewBox: `0 0 ${width} ${Math.ceil(height)}`, role: "img", "aria-label": `${this.#chart.title}. The numbers are in the table below.` });
    drawing.append(...parts);
    this.#canvas.replaceChildren(drawing);
  }

  #legend() {
    const list = element("ul", "legend"), joined = this.#chart.kind === "lines";
    list.setAttribute("aria-label", "Shown in the chart");
    this.#chart.series.forEach((series, i) => {
      const button = element("button", "key"), item = element("li");
      button.type = "button";
      button.setAttribute("aria-pressed", this.#shown.includes(i));
      button.append(this.#chart.kind === "stack" ? bar(i) : swatch(i, joined), element("span", "", series.name));
      button.addEventListener("click", () => this.#toggle(i, button));
      for (const [event, one] of [["pointerenter", i], ["pointerleave", null], ["focus", i], ["blur", null]]) button.addEventListener(event, () => this.#single(one));
      item.append(button);
      list.append(item);
    });
    return list;
  }

  #toggle(i, button) {
    const others = this.#shown.filter((one) => one !== i);
    if (!others.length) return;
    this.#shown = others.length < this.#shown.length ? others : [...others, i].sort((a, b) => a - b);
    button.setAttribute("aria-pressed", this.#shown.includes(i));
    this.#draw(this.#width);
    this.#single(this.#shown.includes(i) ? i : null);
  }

  #single(i) {
    for (const group of this.#canvas.querySelectorAll("g.series")) group.classList.toggle("dim", i !== null && this.#shown.includes(i) && Number(group.dataset.series) !== i);
  }
}

function bar(i) {
  const drawing = svg("svg", { class: `swatch series look-${i}`, viewBox: "0 0 28 16", "aria-hidden": "true" });
  drawing.append(svg("rect", { class: `bar bar-${i}`, x: 2, y: 1, width: 24, height: 14 }));
  return drawing;
}
