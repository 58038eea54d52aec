/** Asks a read call of the API so that the latest question wins. Knows fetching; never the DOM. */

import { fetchDocument, queryString } from "./requests.js";

const CACHE_SIZE = 400;

/** One call, asked again and again; a newer question silences the older ones. */
export class LatestAnswer {
  #path;
  #sequence = 0;
  #controller = null;
  #cache = new Map();

  constructor(path) {
    this.#path = path;
  }

  /**
   * Return `{document, timing, cached}`, or null where a newer question overtook this one.
   * Throws what the fetch threw if the question is still the latest.
   */
  async ask(parameters) {
    const sequence = ++this.#sequence;
    this.#controller?.abort();
    const url = `${this.#path}?${queryString(parameters)}`;
    const kept = this.#cache.get(url);
    if (kept) return { ...kept, cached: true };
    this.#controller = new AbortController();
    try {
      const answer = await fetchDocument(url, { signal: this.#controller.signal });
      this.#keep(url, answer);
      return sequence === this.#sequence ? { ...answer, cached: false } : null;
    } catch (error) {
      if (sequence !== this.#sequence) return null;
      throw error;
    }
  }

  /** Silence whatever is under way. */
  cancel() {
    this.#sequence++;
    this.#controller?.abort();
  }

  #keep(url, answer) {
    this.#cache.set(url, answer);
    if (this.#cache.size > CACHE_SIZE) this.#cache.delete(this.#cache.keys().next().value);
  }
}
