/** One rater's way through a study: the next item, a vote, the way back. Knows its parts by their methods only. */
import { lastVote, onTheWay } from "./sentences.js";

const BLINK_MS = 250;
const RETRY_MS = 4000;

export class Rating {
  #done = [];
  #shown = null;
  #shownAt = 0;
  #timer = 0;

  /** Parts: `kind` (the mode's name), `view`, `work`, `outbox`; `mode` once it is made. */
  constructor(parts) {
    Object.assign(this, parts);
  }

  get judging() {
    return this.#shown !== null && !this.view.stage.hidden;
  }

  begin(rater) {
    this.work.begin(rater);
    this.#done = [];
    this.view.showLast("", false);
    return this.#advance();
  }

  /** Vote on the shown item; a vote within a blink of showing it was meant for the one before. */
  cast(vote) {
    if (!this.judging || performance.now() - this.#shownAt < BLINK_MS) return;
    const item = this.#shown;
    this.mode.rest();
    this.#done.push(item);
    this.work.done++;
    this.view.showLast(lastVote(this.kind, vote, null), true);
    this.#send(item, vote, this.view.note);
    this.#advance();
  }

  /** Take the last vote back, and show its item again. */
  undo() {
    const item = this.#done.pop();
    if (!item) return;
    this.mode.rest();
    this.#send(item, "withdrawn", "");
    this.work.putBack(item, ...(this.#shown ? [this.#shown] : []));
    this.work.done--;
    this.view.showLast("", this.#done.length > 0);
    this.#advance();
  }

  /** The server has a vote: tell the names. */
  kept({ body, document: told }) {
    const latest = this.#done.at(-1)?.item === body.item && body.vote !== "withdrawn";
    if (latest) this.view.showLast(lastVote(this.kind, body.vote, told.names), true);
  }

  showKept() {
    const count = this.outbox.bodies.length;
    const waits = this.outbox.state !== "" && count > 0;
    this.view.showKept(onTheWay(count, this.outbox.state) || (this.#done.length ? "all votes saved" : ""), waits);
  }

  #send({ item, set, mode, left, right }, vote, note) {
    this.outbox.add({ set, item, mode, left: left.id, right: right?.id ?? null, vote, rater: this.work.rater, note });
  }

  /** Show the next item, if there is one; then fetch ahead. */
  #advance() {
    clearTimeout(this.#timer);
    this.#shown = this.work.take();
    this.view.showProgress(this.work.done, this.work.total);
    if (this.#shown) {
      this.#shownAt = performance.now();
      this.view.showMoment(this.#shown.previous);
      this.mode.show({ ...this.#shown, typed: (typed, untyped) => this.view.type(typed, untyped) });
      this.view.say(`Item ${this.work.done + 1} of ${this.work.total}`);
    }
    return this.#refill();
  }

  async #refill() {
    try {
      await this.work.fill(this.#waiting(), this.#shown);
    } catch (error) {
      if (!this.#shown) this.#lookAgain(error);
      return;
    }
    this.view.showProgress(this.work.done, this.work.total);
    if (this.#shown) return;
    if (this.work.size) this.#advance();
    else this.view.showEnd(this.work.done, this.work.total);
  }

  #lookAgain(error) {
    this.view.showTrouble(error);
    this.#timer = setTimeout(() => this.#refill(), RETRY_MS);
  }

  /** Return the items whose votes the server does not have yet. */
  #waiting() {
    const last = new Map(this.outbox.bodies.map(({ item, vote }) => [item, vote]));
    return [...last].filter(([, vote]) => vote !== "withdrawn").map(([item]) => item);
  }
}
