/** The same keystrokes after two contexts, with the moves between their ranks. In: `show(own, other)`. */
import { element } from "./elements.js";
import { column, lines, markText } from "./ranks.js";

const ROWS = 10;

export class Lanes extends HTMLElement {
  #body = element("div", "lane-body");

  connectedCallback() {
    this.append(this.#body);
    this.addEventListener("pointerover", (event) => markText(this, event.target.closest("[data-text]")?.dataset.text ?? null));
    this.addEventListener("pointerleave", () => markText(this, null));
  }

  /** Name the context of the left lane. */
  name(previous) {
    this.querySelector("[data-lane=own]").textContent = previous.at(-1) ?? "nothing: no session";
  }

  show(own, other) {
    const [left, right] = [own, other].map((found) => found.completions.map((completion) => completion.text));
    this.#body.replaceChildren(
      column("session", null, left.map((text) => ({ text, ...rankOnly(right.indexOf(text)) }))),
      lines(left, right, ROWS),
      column("other", null, right.map((text, rank) => ({ text, ...move(left.indexOf(text), rank) }))),
    );
  }
}

function rankOnly(elsewhere) {
  return elsewhere < 0 ? { mark: "◆ only", markLabel: "not in the other lane", markKind: "only" } : {};
}

/** Return the mark for a row that stood at `from` in the left lane and stands at `to` in the right. */
function move(from, to) {
  if (from < 0) return { mark: "◆ new", markLabel: "not in the first lane", markKind: "only" };
  if (from === to) return { mark: "=", markLabel: "same rank", markKind: "level" };
  const places = Math.abs(from - to);
  return from > to
    ? { mark: `▲ ${places}`, markLabel: "places up", markKind: "up" }
    : { mark: `▼ ${places}`, markLabel: "places down", markKind: "down" };
}
