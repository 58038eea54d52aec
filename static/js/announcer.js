/** Speaks to screen readers once typing rests; never the same sentence twice. Knows one live region. */

const REST_MS = 250;

export class Announcer {
  #region;
  #timer = 0;

  constructor(region) {
    this.#region = region;
  }

  say(sentence) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#region.textContent !== sentence) this.#region.textContent = sentence;
    }, REST_MS);
  }
}
