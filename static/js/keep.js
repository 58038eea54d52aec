/** Keeps the moment on the page as a scenario to judge. Knows one call and one button. */
import { fetchDocument } from "./requests.js";

const SET = "kept";
const PATH = `/api/v1/judge/sets/${SET}/scenarios`;
const SHOWN_MS = 2500;
let timer = 0;

/** Add what was asked before, what is typed, and the row the keyboard stands on as what was meant. Say how it went. */
export async function keepMoment({ previous, prefix }, wanted, button, say) {
  const body = JSON.stringify({ previous, prefix, next: wanted ?? "" });
  let told;
  try {
    const { document: kept } = await fetchDocument(PATH, { method: "POST", body, headers: { "Content-Type": "application/json" } });
    told = kept.added ? "Kept" : "Kept before";
  } catch (error) {
    told = error.status === 401 ? "Say the passphrase at Judge" : error.status === 422 ? "Nothing to keep" : "Not kept: no answer";
  }
  button.textContent = told;
  say(told);
  clearTimeout(timer);
  timer = setTimeout(() => (button.textContent = "Keep"), SHOWN_MS);
}
