/** Places of values along an axis, and how its numbers are written. Knows numbers only. */

const SPREAD = 0.06;

/** Return `{place, ticks}` of a numeric axis whose ends lie at the pixels `from` and `to`. */
export function numericScale(axis, values, [from, to], most) {
  const log = axis.scale === "log";
  const [low, high] = ends(axis, values, log);
  const turn = log ? Math.log10 : (value) => value;
  const place = (value) => from + ((turn(Math.max(value, log ? low : -Infinity)) - turn(low)) / (turn(high) - turn(low))) * (to - from);
  const ticks = log ? logTicks(low, high, most) : linearTicks(low, high, most);
  return { place, ticks: ticks.map((at) => ({ at: place(at), text: write(at, axis.form) })) };
}

/** Return `{place, ticks, width}` of an axis of named steps, each in the middle of its share. */
export function stepScale(names, [from, to]) {
  const width = (to - from) / names.length;
  const place = (name) => from + (names.indexOf(String(name)) + 0.5) * width;
  return { place, width, ticks: names.map((name) => ({ at: place(name), text: name })) };
}

/** Return a number as an axis says it. */
export function write(value, form) {
  const scaled = form === "percent" ? 100 * value : value;
  const text = scaled.toLocaleString("en", { maximumFractionDigits: 10, maximumSignificantDigits: 4 }).replace("-", "−");
  return form === "percent" ? `${text} %` : text;
}

function ends({ least, most }, values, log) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (log) return [least ?? low * 0.8, most ?? high * 1.25];
  const room = (high - low || Math.abs(high) || 1) * SPREAD;
  return [least ?? low - room, most ?? high + room];
}

function linearTicks(low, high, most) {
  const rough = (high - low) / Math.max(most, 1), power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough * 0.999);
  const first = Math.ceil(low / step - 1e-9), last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

function logTicks(low, high, most) {
  const powers = Array.from({ length: Math.ceil(Math.log10(high)) - Math.floor(Math.log10(low)) + 1 }, (_, i) => 10 ** (Math.floor(Math.log10(low)) + i));
  const within = (factors) => powers.flatMap((power) => factors.map((factor) => Number((factor * power).toPrecision(3)))).filter((at) => at >= low * 0.999 && at <= high * 1.001);
  return [[1, 2, 5], [1, 3], [1]].map(within).find((ticks) => ticks.length <= most) ?? within([1]).filter((_, i) => i % 2 === 0);
}
