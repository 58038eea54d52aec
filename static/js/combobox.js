/**
 * The search box: an editable combobox with manual selection. Knows its input and options, not their source.
 * Out: `typed` {text, at}, `submitted` {text}, `restored` {text}, `cleared`. In: rows in its list, then `refresh()`.
 */
import { keyAction } from "./keyboard.js";
import { Listbox } from "./listbox.js";

export class Combobox extends HTMLElement {
  #input;
  #listbox;
  #typed = "";
  #dismissed = false;
  #actions = {
    next: () => this.#walk(1), previous: () => this.#walk(-1),
    open: () => this.#summon(), close: () => this.close(),
    fill: () => this.#fill(), edit: () => this.#listbox.activate(-1),
    submit: () => this.#submit(this.active ?? this.text), escape: () => this.#escape(),
  };

  connectedCallback() {
    this.#input = this.querySelector("[role=combobox]");
    const list = document.getElementById(this.#input.getAttribute("aria-controls"));
    this.#listbox = new Listbox(this.#input, list);
    this.#typed = this.text;
    this.#input.addEventListener("keydown", (event) => this.#actions[keyAction(event)]?.() && event.preventDefault());
    this.#input.addEventListener("input", (event) => event.isComposing || this.#take(event.timeStamp));
    this.#input.addEventListener("compositionend", (event) => this.#take(event.timeStamp));
    this.#input.addEventListener("blur", () => document.activeElement !== this.#input && this.close());
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", ({ target }) => this.#submit(target.closest("[role=option]")?.dataset.text ?? ""));
    this.addEventListener("submit", (event) => (event.preventDefault(), this.#submit(this.text)));
  }

  get text() { return this.#input.value; }

  /** The row the keyboard stands on, else null. */
  get active() { return this.#listbox.active; }

  /** Put text into the box as if it had been typed. */
  type(text) {
    this.#input.value = text;
    this.#take(performance.now());
  }

  /** Put text into the box without a word. */
  reset(text = "") {
    this.#input.value = this.#typed = text;
    this.#input.setSelectionRange(text.length, text.length);
    this.#dismissed = false;
  }

  /** Take the rows that now stand in the list. */
  refresh() {
    this.#listbox.refresh();
    this.#listbox.show(this.#listbox.size > 0 && !this.#dismissed);
  }

  /** Close the list; only typing or a key opens it again. */
  close() {
    this.#dismissed = true;
    this.#listbox.show(false);
    return true;
  }

  #take(at) { return (this.#typed = this.text), this.#ask(at); }

  #ask(at = performance.now()) {
    this.#dismissed = false;
    this.#listbox.activate(-1);
    return this.#say("typed", { text: this.text, at });
  }

  #summon() {
    this.#dismissed = false;
    return this.#listbox.size ? this.#listbox.show(true) : this.#ask();
  }

  #walk(step) {
    if (!this.#listbox.open) this.#summon();
    return this.#listbox.walk(step);
  }

  #fill() {
    if (this.active === null) return false;
    this.#input.value = this.active;
    return this.#ask();
  }

  #submit(text) { return !text.trim() || this.#say("submitted", { text: text.trim() }); }

  #escape() {
    const [open, changed] = [this.#listbox.open, this.text !== this.#typed];
    this.reset(open || changed ? this.#typed : "");
    this.close();
    return open && !changed ? true : this.#say(changed ? "restored" : "cleared", { text: this.text });
  }

  #say(name, detail) { return this.dispatchEvent(new CustomEvent(name, { bubbles: true, detail })); }
}
