/** Types a text at human speed. Knows time; knows nothing of boxes. */

const PACE_MS = [140, 95, 180, 120, 160, 105, 210, 130];

/** Call `strike` with each longer beginning of `text`; resolves to false where `signal` stopped it. */
export async function typeLikeAHuman(text, strike, signal) {
  const characters = [...text];
  for (let length = 1; length <= characters.length; length++) {
    await rest(PACE_MS[length % PACE_MS.length] + (characters[length - 1] === " " ? 70 : 0), signal);
    if (signal.aborted) return false;
    strike(characters.slice(0, length).join(""));
  }
  return !signal.aborted;
}

/** Wait, or until the signal. */
export function rest(milliseconds, signal) {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
