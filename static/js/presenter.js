/**
 * Prepared moments: plays one, the next, or all. Knows its links and time; knows nothing of the rest of the page.
 * Out: `moment` {url, place, count, title, shows} before typing, `strike` {text} a key, `moment-end`.
 */
import { rest, typeLikeAHuman } from "./typist.js";

const LOOK_MS = 4500;

export class Presenter extends HTMLElement {
  #place = -1;
  #stop = new AbortController();

  connectedCallback() {
    this.addEventListener("click", (event) => {
      const link = event.target.closest("a");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.play(this.#links.indexOf(link));
    });
  }

  get #links() {
    return [...this.querySelectorAll("a")];
  }

  next() {
    return this.play((this.#place + 1) % this.#links.length);
  }

  /** Play every moment, from the next one on, until stopped. */
  async autopilot() {
    for (let played = 0; played < this.#links.length; played++) {
      const ended = await this.next();
      const signal = this.#stop.signal;
      if (!ended) return;
      await rest(LOOK_MS, signal);
      if (signal.aborted) return;
    }
  }

  stop() {
    this.#stop.abort();
  }

  /** Play one moment; resolves to whether it came to its end. */
  async play(place) {
    this.stop();
    this.#stop = new AbortController();
    this.#place = place;
    const link = this.#links[place];
    const text = (name) => link.querySelector(`.${name}`).textContent;
    const url = new URL(link.href);
    this.#say("moment", { url: link.href, place: place + 1, count: this.#links.length, title: text("title"), shows: text("shows") });
    const strike = (typed) => this.#say("strike", { text: typed });
    const ended = await typeLikeAHuman(url.searchParams.get("prefix") ?? "", strike, this.#stop.signal);
    if (ended) this.#say("moment-end", {});
    return ended;
  }

  #say(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  }
}
