/** One JSON call to this server. Knows HTTP and problem documents; knows nothing of the page. */

/** The server answered, and said no. */
export class Refusal extends Error {
  constructor(status, detail, retryAfter) {
    super(detail);
    this.name = "Refusal";
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** Return `{document, timing}`: the JSON, and the milliseconds of its Server-Timing header by name. */
export async function fetchDocument(url, options = {}) {
  const response = await fetch(url, { headers: { Accept: "application/json" }, ...options });
  const document = await response.json().catch(() => ({}));
  if (!response.ok) {
    const retryAfter = Number(response.headers.get("Retry-After")) || 0;
    throw new Refusal(response.status, document.detail ?? response.statusText, retryAfter);
  }
  return { document, timing: timings(response.headers.get("Server-Timing") ?? "") };
}

/** Return a query string; lists repeat their name, absent values are left out. */
export function queryString(parameters) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined && item !== null) search.append(name, item);
    }
  }
  return search.toString();
}

/** Return how a context is told to the API: the queries, or that there are none. */
export function contextParameters(previous) {
  return previous.length ? { previous } : { context: "off" };
}

function timings(header) {
  const found = {};
  for (const part of header.split(",")) {
    const [name, duration] = part.trim().split(";dur=");
    if (duration) found[name] = Number(duration);
  }
  return found;
}
