/** The votes on two sides: buttons and their keys. Knows elements; knows nothing of what is compared. */
import { element } from "../elements.js";

const CHOICES = [
  { vote: "left", key: "1", says: "Left" },
  { vote: "tie", key: "0", says: "Tie" },
  { vote: "bad", key: "x", says: "Both bad" },
  { vote: "right", key: "2", says: "Right" },
];

export const CHOICE_KEYS = [
  [["1"], "the left one"],
  [["2"], "the right one"],
  [["0"], "a tie"],
  [["X"], "both bad"],
];

/** Put the four buttons in place; `cast(vote)` is told which was pressed. */
export function offerChoices(ballot, cast) {
  ballot.replaceChildren(...CHOICES.map(({ vote, key, says }) => button(says, key, () => cast(vote), vote)));
}

/** Return the vote that a key stands for, else null. */
export function choiceOf(key) {
  return CHOICES.find((choice) => choice.key === key.toLowerCase())?.vote ?? null;
}

/** Return what a vote is called. */
export function nameOf(vote) {
  return CHOICES.find((choice) => choice.vote === vote)?.says.toLowerCase() ?? "";
}

/** Return a button of the ballot, its key beside its name. */
export function button(says, key, act, name = "") {
  const made = element("button", "vote");
  made.type = "button";
  if (name) made.dataset.vote = name;
  made.append(element("span", "", says), " ", element("kbd", "", key.length === 1 ? key.toUpperCase() : key));
  made.setAttribute("aria-keyshortcuts", key);
  made.addEventListener("click", act);
  return made;
}
