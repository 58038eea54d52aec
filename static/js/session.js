/** The session the page shows, and the calls that make the cookie follow. Knows the trail's `show`; no pages. */
import { SessionCalls } from "./session-calls.js";

const MAX_QUERIES = 5;

export class Session {
  #trail;
  #calls;
  #queries = [];

  /** `inStep`: whether the cookie holds what the page shows; `failed` is told what went wrong. */
  constructor(trail, inStep, failed) {
    this.#trail = trail;
    this.#calls = new SessionCalls(inStep, failed);
  }

  get queries() {
    return this.#queries;
  }

  /** Make a query the previous one. */
  add(text) {
    const same = this.#queries.at(-1)?.toLowerCase() === text.toLowerCase();
    const queries = same ? this.#queries : [...this.#queries, text].slice(-MAX_QUERIES);
    this.#calls.become(queries, text);
    return this.#put(queries);
  }

  /** Go back to a query: what came after it is forgotten. */
  goBack(position) {
    const queries = this.#queries.slice(0, position + 1);
    this.#calls.become(queries);
    return this.#put(queries);
  }

  forget(position) {
    const queries = this.#queries.filter((_, place) => place !== position);
    this.#calls.forget(position, queries);
    return this.#put(queries);
  }

  begin() {
    this.#calls.become([]);
    return this.#put([]);
  }

  /** Show queries that came with a link; the cookie stays as it is until the next change. */
  show(queries) {
    if (queries.join("\n") !== this.#queries.join("\n")) this.#calls.leaveStep();
    return this.#put(queries);
  }

  /** Show what the server found when it drew the page. */
  start(queries) {
    return this.#put(queries);
  }

  #put(queries) {
    this.#queries = queries;
    this.#trail.show(queries);
    return queries;
  }
}
