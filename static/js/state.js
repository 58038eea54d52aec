/** What the page shows, as a link and back. Knows the URL; knows nothing of the page. */

const PANELS = ["indexes", "beam", "lanes", "where"];

/** Return the state a URL holds; `previous` is null where it leaves that to the session. */
export function readState(url) {
  const search = new URL(url).searchParams;
  const told = search.has("previous") || search.get("context") === "off";
  return {
    prefix: search.get("prefix") ?? "",
    previous: told ? (search.get("context") === "off" ? [] : search.getAll("previous").filter(Boolean)) : null,
    model: search.get("model"),
    panel: PANELS.includes(search.get("panel")) ? search.get("panel") : "indexes",
    other: search.get("other") ?? "",
    label: search.get("label") ?? "",
    why: search.get("why") ?? "",
  };
}

/** Return the link to a state, as short as it can be. */
export function writeState({ prefix, previous, model, panel, other, label, why }) {
  const search = new URLSearchParams();
  previous.forEach((query) => search.append("previous", query));
  if (!previous.length) search.append("context", "off");
  if (prefix) search.append("prefix", prefix);
  if (model) search.append("model", model);
  if (panel !== "indexes") search.append("panel", panel);
  if (other && panel === "lanes") search.append("other", other);
  if (label && panel === "where") search.append("label", label);
  if (why) search.append("why", why);
  return `?${search}`;
}

/** Keeps the address bar in step: at rest while typing, at once for a new place in history. */
export class Address {
  #timer = 0;

  replace(state) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => history.replaceState(null, "", writeState(state)), 150);
  }

  push(state) {
    clearTimeout(this.#timer);
    history.pushState(null, "", writeState(state));
  }
}
