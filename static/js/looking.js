/** Asks what the open view of the panel shows. Knows the calls and the views' methods; draws nothing. */
import { LatestAnswer } from "./completions.js";
import { contextParameters } from "./requests.js";

export class Looking {
  #comparison = new LatestAnswer("/api/v1/compare");
  #own = new LatestAnswer("/api/v1/complete");
  #other = new LatestAnswer("/api/v1/complete");
  #places = {};

  /** Views: `indexes`, `beams`, `lanes`, `where`; `names`: the model's indexes. */
  constructor(views, names) {
    Object.assign(this, views);
    for (const name of names) this.#places[name] = new LatestAnswer("/api/v1/explain");
  }

  /** Bring the open view up to the state; a failing server leaves the old picture. */
  async look(state) {
    try {
      await { indexes: () => this.#compare(state), beam: () => this.#compare(state), lanes: () => this.#race(state), where: () => this.#find(state) }[state.panel]();
    } catch (error) {
      if (!(error instanceof TypeError) && error.name !== "Refusal") throw error;
    }
  }

  async #compare({ prefix, previous, model, panel }) {
    if (!prefix.trim() && !previous.length) return;
    const answer = await this.#comparison.ask({ prefix, model, ...contextParameters(previous) });
    if (!answer) return;
    this.indexes.show(answer.document);
    if (panel === "beam") this.beams.show(answer.document);
  }

  async #race({ prefix, previous, model, other }) {
    this.lanes.name(previous);
    const contexts = [previous, other.trim() ? [other] : []];
    const [own, rival] = await Promise.all(
      [this.#own, this.#other].map((lane, which) => lane.ask({ prefix, model, ...contextParameters(contexts[which]) })),
    );
    if (own && rival) this.lanes.show(own.document, rival.document);
  }

  async #find({ prefix, previous, model, label }) {
    if (!label.trim()) return this.where.show("", {});
    const asked = Object.entries(this.#places).map(async ([index, place]) => {
      const question = { prefix, label, index, model, ...contextParameters(previous) };
      return [index, await place.ask(question).then((answer) => answer?.document, (error) => error)];
    });
    const told = await Promise.all(asked);
    if (told.every(([, one]) => one)) this.where.show(label, Object.fromEntries(told));
  }
}
