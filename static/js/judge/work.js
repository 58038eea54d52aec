/** What is to be judged: asks ahead, so that the next item is there when the network is not. Knows fetching; never the DOM. */
import { fetchDocument } from "../requests.js";

const AHEAD = 8;
const AHEAD_SHARED = 2;

export class Work {
  #path;
  #ahead;
  #items = [];
  #asking = null;
  rater = "";
  done = 0;
  total = 0;

  constructor(study, shared) {
    this.#path = `/api/v1/judge/studies/${encodeURIComponent(study)}/items`;
    this.#ahead = shared ? AHEAD_SHARED : AHEAD;
  }

  /** Begin anew, for a rater. */
  begin(rater) {
    this.rater = rater;
    this.total = 0;
    this.#items = [];
  }

  /** Take the next item, null where none is here. */
  take() {
    return this.#items.shift() ?? null;
  }

  /** Put items before all others: the one shown, and the one a vote was taken back of. */
  putBack(...items) {
    this.#items.unshift(...items);
  }

  get size() {
    return this.#items.length;
  }

  /**
   * Fetch more where few are left. `waiting`: items whose votes are on the way; `shown`: the item on the page.
   * Resolves when there is nothing more to fetch now; throws what the fetch threw.
   */
  fill(waiting, shown) {
    if (this.#items.length > this.#ahead / 2) return Promise.resolve();
    this.#asking ??= this.#fetch(waiting, shown).finally(() => (this.#asking = null));
    return this.#asking;
  }

  async #fetch(waiting, shown) {
    const rater = this.rater;
    const here = new Set(this.#items.map(({ item }) => item));
    if (shown) here.add(shown.item);
    const n = Math.min(20, here.size + this.#ahead);
    const body = JSON.stringify({ rater, waiting, n });
    const { document } = await fetchDocument(this.#path, { method: "POST", body, headers: { "Content-Type": "application/json" } });
    if (rater !== this.rater) return;
    const known = new Set([...here, ...this.#items.map(({ item }) => item)]);
    this.#items.push(...document.items.filter(({ item }) => !known.has(item)));
    this.rater = document.rater;
    // Later the page counts by itself: what the server knows lags behind votes on the way.
    if (!this.total) this.done = document.done;
    this.total = document.total;
  }
}
