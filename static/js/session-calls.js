/** The calls that change the session's cookie, one after the other. Knows fetching; never the DOM. */

import { fetchDocument } from "./requests.js";

const PATH = "/api/v1/session";

export class SessionCalls {
  #queue = Promise.resolve();
  #inStep;
  #failed;

  /** `inStep`: whether the cookie holds what the page shows; `failed` is called with an error. */
  constructor(inStep, failed) {
    this.#inStep = inStep;
    this.#failed = failed;
  }

  /** Make `queries` the session; `added` is the only new one, where that is all that changed. */
  become(queries, added = null) {
    if (added !== null && this.#inStep) return this.#enqueue(() => this.#add(added));
    this.#inStep = true;
    return this.#enqueue(async () => {
      await fetchDocument(PATH, { method: "DELETE" });
      for (const query of queries) await this.#add(query);
    });
  }

  /** Forget one query by its position. */
  forget(position, left) {
    if (!this.#inStep) return this.become(left);
    return this.#enqueue(() => fetchDocument(`${PATH}/queries/${position}`, { method: "DELETE" }));
  }

  /** The page shows queries that the cookie does not hold. */
  leaveStep() {
    this.#inStep = false;
  }

  #add(query) {
    const body = JSON.stringify({ query });
    return fetchDocument(`${PATH}/queries`, { method: "POST", body, headers: { "Content-Type": "application/json" } });
  }

  #enqueue(call) {
    this.#queue = this.#queue.then(call).catch((error) => {
      this.#inStep = false;
      this.#failed(error);
    });
    return this.#queue;
  }
}
