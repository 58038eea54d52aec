/** One keystroke's way: ask, put the rows in place, tell what it took. Knows its parts by their methods only. */
import { LatestAnswer } from "./completions.js";
import { contextParameters } from "./requests.js";
import { announcement, showSuggestions } from "./rows.js";

const NARROW = "(max-width: 40rem)";

export class Answering {
  #completions = new LatestAnswer("/api/v1/complete");
  #timer = 0;

  /** Parts: `combobox`, `announcer`, `clocks`, and the elements `list`, `template`, `note`. */
  constructor(parts) {
    Object.assign(this, parts);
  }

  /** Show what the state asks for; `at` is when its key was pressed. Resolves to whether it is still the latest, and answered. */
  async answer(state, at) {
    clearTimeout(this.#timer);
    if (!state.prefix.trim() && !state.previous.length) return this.#empty();
    const { prefix, model } = state;
    try {
      const k = matchMedia(NARROW).matches ? 8 : 10;
      const answer = await this.#completions.ask({ prefix, ...contextParameters(state.previous), model, k });
      if (answer) this.#show(answer, at);
      return answer !== null;
    } catch (error) {
      this.tell(error.retryAfter ? error.message : "The server gives no answer just now. Type on; the next key asks again.");
      if (error.retryAfter) this.#timer = setTimeout(() => this.answer(state, performance.now()), error.retryAfter * 1000);
      return false;
    }
  }

  #show({ document: found, timing, cached }, at) {
    showSuggestions(this.list, this.template, found);
    this.combobox.refresh();
    this.announcer.say(announcement(found));
    this.tell(found.completions.length ? "" : `No query of this log continues “${found.prefix.trim()}”.`);
    if (at === undefined) return;
    requestAnimationFrame(() =>
      setTimeout(() => this.clocks.record({ ...(cached ? {} : timing), paint: performance.now() - at })),
    );
  }

  #empty() {
    this.#completions.cancel();
    this.list.replaceChildren();
    this.combobox.refresh();
    this.announcer.say("");
    this.tell("");
    return true;
  }

  tell(sentence) {
    this.note.textContent = sentence;
    this.note.hidden = !sentence;
  }
}
