/** Saves the ranked lists on show as a PNG. Knows a canvas and the lists' rows; asks nothing. */

const [WIDTH, HEIGHT, SCALE] = [1280, 640, 2];
const [TOP, ROW, MARGIN, GUTTER] = [130, 46, 40, 90];

/** Draw the lists inside `view` under a title and offer the file. */
export function savePicture(view, title, name) {
  const columns = [...view.querySelectorAll(".ranks")].map((section) => ({
    name: section.getAttribute("aria-label"),
    texts: [...section.querySelectorAll(".rank .text")].map((text) => text.textContent),
  }));
  const canvas = Object.assign(document.createElement("canvas"), { width: WIDTH * SCALE, height: HEIGHT * SCALE });
  paint(canvas.getContext("2d"), columns, title);
  canvas.toBlob((blob) => {
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: `${name}.png` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
}

function paint(pen, columns, title) {
  const style = getComputedStyle(document.body);
  const [ink, paper, family] = [style.color, style.backgroundColor, style.fontFamily];
  pen.scale(SCALE, SCALE);
  pen.fillStyle = paper;
  pen.fillRect(0, 0, WIDTH, HEIGHT);
  pen.fillStyle = pen.strokeStyle = ink;
  pen.font = `600 26px ${family}`;
  pen.fillText(title, MARGIN, 56, WIDTH - 2 * MARGIN);
  const width = (WIDTH - 2 * MARGIN - (columns.length - 1) * GUTTER) / columns.length;
  columns.forEach(({ name, texts }, place) => {
    const left = MARGIN + place * (width + GUTTER);
    pen.font = `600 18px ${family}`;
    pen.fillText(name, left, TOP - 28);
    pen.font = `20px ${family}`;
    texts.forEach((text, rank) => pen.fillText(text, left, TOP + rank * ROW + 14, width));
    if (place) joinEqual(pen, columns[place - 1].texts, texts, left);
  });
}

function joinEqual(pen, before, texts, left) {
  before.forEach((text, from) => {
    const to = texts.indexOf(text);
    if (to < 0) return;
    const [y1, y2] = [from, to].map((rank) => TOP + rank * ROW + 8);
    pen.globalAlpha = 0.6;
    pen.beginPath();
    pen.moveTo(left - GUTTER + 6, y1);
    pen.bezierCurveTo(left - GUTTER / 2, y1, left - GUTTER / 2, y2, left - 8, y2);
    pen.stroke();
    pen.globalAlpha = 1;
  });
}
