/**
 * Votes on their way: sent in order, each with its own key, again and again until the server has answered.
 * Knows fetching and the shelf; never the DOM. Tells `kept` {body, document}, `refused` {body, message}, `changed`.
 */
import { fetchDocument } from "../requests.js";
import { keyOf, Shelf } from "./shelf.js";

const PATH = "/api/v1/judgments";
const LONGEST_MS = 30000;
const DOOR = [401, 403];
const LATER = [408, 425, 429];

export class Outbox {
  #tell;
  #shelf = new Shelf();
  #sending = false;
  #timer = 0;
  #failures = 0;
  #state = "";

  constructor(tell) {
    this.#tell = tell;
    window.addEventListener("online", () => this.send());
  }

  /** The votes that the server does not have yet, oldest first. */
  get bodies() {
    return this.#shelf.names.map((name) => this.#shelf.get(name)).filter(Boolean);
  }

  /** What votes wait for: the `network`, the `door`, or nothing. */
  get state() {
    return this.#state;
  }

  /** Keep a vote and send it. */
  add(body) {
    this.#shelf.put(body);
    this.#tell.changed();
    this.send();
  }

  /** Send what waits, one after the other; what fails for now is tried again by itself. */
  async send() {
    if (this.#sending) return;
    this.#sending = true;
    clearTimeout(this.#timer);
    for (let [name] = this.#shelf.names; name; [name] = this.#shelf.names) {
      if (!(await this.#sendOne(name))) break;
    }
    this.#sending = false;
    this.#tell.changed();
  }

  async #sendOne(name) {
    const body = this.#shelf.get(name);
    const headers = { "Content-Type": "application/json", "Idempotency-Key": keyOf(name) };
    try {
      const { document } = await fetchDocument(PATH, { method: "POST", body: JSON.stringify(body), headers });
      this.#shelf.remove(name);
      this.#succeed();
      this.#tell.kept({ body, document });
      return true;
    } catch (error) {
      return this.#meet(error, name, body);
    }
  }

  /** Put a vote that can never be taken aside; wait with one that can. Returns whether to go on. */
  #meet(error, name, body) {
    const { status, message, retryAfter } = error;
    if (status >= 400 && status < 500 && ![...DOOR, ...LATER].includes(status)) {
      this.#shelf.setAside(name, message);
      this.#succeed();
      this.#tell.refused({ body, message });
      return true;
    }
    this.#state = DOOR.includes(status) ? "door" : "network";
    const pause = retryAfter ? retryAfter * 1000 : Math.min(1000 * 2 ** this.#failures++, LONGEST_MS);
    this.#timer = setTimeout(() => this.send(), pause);
    return false;
  }

  #succeed() {
    this.#state = "";
    this.#failures = 0;
  }
}
