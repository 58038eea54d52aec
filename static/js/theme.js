/** Light or dark by hand. Knows one attribute and one cookie, from which the server draws the first paint. */

const YEAR_S = 31536000;

/** Switch to the other scheme and remember it. */
export function switchTheme() {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  document.cookie = `theme=${root.dataset.theme}; path=/; max-age=${YEAR_S}; samesite=lax`;
}
