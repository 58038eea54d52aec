/** Cuts a file into pieces that one call takes: whole rows, a table's header over each. Knows text only. */

const MOST_BYTES = 12000;

/** Yield `{text, line}`: a piece, and the line of the file it ends with. */
export function* cut(text, csv) {
  const rows = csv ? wholeRows(text) : text.split("\n");
  const header = csv ? rows.shift() ?? "" : "";
  let piece = [];
  let size = 0;
  let line = csv ? 1 : 0;
  for (const row of rows) {
    const bytes = new TextEncoder().encode(row).length + 1;
    if (piece.length && size + bytes > MOST_BYTES) {
      yield { text: joined(header, piece), line };
      [piece, size] = [[], 0];
    }
    piece.push(row);
    size += bytes;
    line += row.split("\n").length;
  }
  if (piece.some((row) => row.trim())) yield { text: joined(header, piece), line };
}

function joined(header, piece) {
  return (header ? [header, ...piece] : piece).join("\n") + "\n";
}

/** Split a table at line ends outside of quotes. */
function wholeRows(text) {
  const rows = [];
  let row = "";
  for (const line of text.replaceAll("\r\n", "\n").split("\n")) {
    row = row ? `${row}\n${line}` : line;
    if (row.split('"').length % 2) {
      rows.push(row);
      row = "";
    }
  }
  return row ? [...rows, row] : rows;
}
