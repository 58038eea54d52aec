/** Where votes lie until the server has them: this browser, under names in the order they were cast. Knows storage only. */

const VOTE = "nextquery-vote-";
const REFUSED = "nextquery-refused-";

export class Shelf {
  #storage = openStorage();

  /** The names of the votes that wait, oldest first. */
  get names() {
    return Object.keys(this.#storage).filter((name) => name.startsWith(VOTE)).sort();
  }

  /** Put a vote last, under a name that ends with its key. */
  put(body) {
    const last = Number(this.names.at(-1)?.slice(VOTE.length).split("-")[0] ?? 0);
    const order = String(Math.max(Date.now(), last + 1)).padStart(15, "0");
    this.#storage.setItem(`${VOTE}${order}-${randomKey()}`, JSON.stringify(body));
  }

  /** Return a vote; another page of this browser may have taken it away. */
  get(name) {
    return JSON.parse(this.#storage.getItem(name));
  }

  remove(name) {
    this.#storage.removeItem(name);
  }

  /** Keep a vote that the server will never take, with what it said. */
  setAside(name, message) {
    this.#storage.setItem(REFUSED + name.slice(VOTE.length), JSON.stringify({ body: this.get(name), message }));
    this.remove(name);
  }
}

/** Return the key that a name ends with. */
export function keyOf(name) {
  return name.split("-").at(-1);
}

/** Return the browser's storage, or where there is none, one that lasts as long as the page. */
export function openStorage() {
  try {
    localStorage.setItem("nextquery-probe", "1");
    localStorage.removeItem("nextquery-probe");
    return localStorage;
  } catch {
    const kept = {};
    const methods = { getItem: (name) => kept[name] ?? null, setItem: (name, value) => (kept[name] = value), removeItem: (name) => delete kept[name] };
    for (const [name, value] of Object.entries(methods)) Object.defineProperty(kept, name, { value });
    return kept;
  }
}

/** A page without a secure context has no `randomUUID`. */
function randomKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
