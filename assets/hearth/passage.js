// The words of a document as they were read, taken apart: paragraphs, and tables where rows stand under one another with
// bars between their cells; and which of them an answer took. Knows no page.
const BAR = " | ";
const isRow = (line) => line.includes(BAR);

// The cells of a row that begins at `at`, each with where it begins.
function cellsOf(line, at) {
  let from = at;
  return line.split(BAR).map((cell) => {
    const begins = from + cell.length - cell.trimStart().length;
    from += cell.length + BAR.length;
    return { text: cell.trim(), at: begins };
  });
}

// Runs of lines that are rows of one table, or that are none; `at` is where each begins.
export function partsOf(text) {
  const parts = [];
  let at = 0;
  for (const line of text.split("\n")) {
    const kind = isRow(line) ? "table" : "text";
    if (parts.at(-1)?.kind !== kind) parts.push({ kind, at, lines: [], rows: [] });
    parts.at(-1).lines.push(line);
    if (kind === "table") parts.at(-1).rows.push(cellsOf(line, at));
    at += line.length + 1;
  }
  return parts.map(({ kind, at: begins, lines, rows }) => {
    const isTable = kind === "table" && lines.length > 1;
    return { kind: isTable ? "table" : "text", at: begins, text: lines.join("\n"), rows: isTable ? rows : [] };
  });
}

// What the address of a reader says: `#c=<piece>&p=<page>&s=<from>-<to>`, the last being characters of the piece.
export function placeOf(hash) {
  const [, piece = "", page = 0, from = 0, to = 0] = /^#c=([0-9a-f-]{36})(?:&p=(\d+))?(?:&s=(\d+)-(\d+))?$/.exec(hash) ?? [];
  return { piece, page: Number(page), said: [Number(from), Number(to)] };
}

// The lines of a piece, [line, whether it holds something of what was said]. Where none does, the piece is all that is known.
export function linesIn(boxes, [from, to]) {
  const isSaid = ([, , , , , start, end]) => start < to && end > from;
  const none = !boxes.some(isSaid);
  return boxes.map((box) => [box, none || isSaid(box)]);
}

// The house counts characters, a page halves of some: where in `text` these stand. null: nowhere.
export function placeIn(text, [from, to]) {
  const letters = from < to ? [...text] : [];
  if (from >= letters.length) return null;
  const start = letters.slice(0, from).join("").length;
  return [start, start + letters.slice(from, to).join("").length];
}

// A part of a text that begins at `at`: what stands before the marked words, they, and what stands behind.
export function withMark(text, at, place) {
  const [from, to] = (place ?? [0, 0]).map((one) => Math.min(Math.max(one - at, 0), text.length));
  return from < to ? [text.slice(0, from), text.slice(from, to), text.slice(to)] : [text, "", ""];
}
