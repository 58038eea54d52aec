/** Three clocks: engine, server, paint; last, p50, p99, against 10 ms. In: `record({engine, server, paint})`. */
import { element } from "./elements.js";

const KEPT = 500;
const LINE_MS = 10;
const SCALE_MS = 20;
const NAMES = ["engine", "server", "paint"];

/** Return the value below which a share of the samples lies. */
export function quantile(samples, share) {
  const sorted = [...samples].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

export class Clocks extends HTMLElement {
  #samples = Object.fromEntries(NAMES.map((name) => [name, []]));
  #dials = {};

  connectedCallback() {
    this.append(...NAMES.map((name) => (this.#dials[name] = dial(name))));
    this.append(element("p", "clock-line", `mark: the papers’ ${LINE_MS} ms`));
  }

  /** The samples so far by clock, newest last. */
  get samples() {
    return this.#samples;
  }

  record(times) {
    for (const [name, time] of Object.entries(times)) {
      const samples = this.#samples[name];
      if (!samples) continue;
      samples.push(time);
      if (samples.length > KEPT) samples.shift();
      this.#show(this.#dials[name], samples, time);
    }
  }

  #show(dialShown, samples, time) {
    const part = (name) => dialShown.querySelector(`.${name}`);
    part("now").textContent = `${digits(time)} ms`;
    part("often").textContent = `p50 ${digits(quantile(samples, 0.5))} · p99 ${digits(quantile(samples, 0.99))}`;
    part("meter").value = Math.min(time, SCALE_MS);
    dialShown.classList.toggle("over", time > LINE_MS);
    part("verdict").textContent = time > LINE_MS ? "over the line" : "within";
  }
}

function dial(name) {
  const made = element("div", "clock");
  const meter = element("meter", "meter");
  Object.assign(meter, { min: 0, max: SCALE_MS, value: 0, ariaLabel: `${name} time in milliseconds` });
  const track = element("span", "track");
  track.append(meter);
  made.append(element("span", "name", name), element("span", "now", "– ms"), track, element("span", "often", "p50 – · p99 –"));
  made.append(element("span", "verdict unseen"));
  return made;
}

function digits(time) {
  return time < 9.995 ? time.toFixed(2) : time.toFixed(1);
}
