// The words of a document as they were read, taken apart: paragraphs, and tables where rows stand under one another with
// bars between their cells. Knows no page.
const isRow = (line) => line.includes(" | ");
const cellsOf = (line) => line.split(" | ").map((cell) => cell.trim());

// Runs of lines that are rows of one table, or that are none.
export function partsOf(text) {
  const parts = [];
  for (const line of text.split("\n")) {
    const kind = isRow(line) ? "table" : "text";
    if (parts.at(-1)?.kind === kind) parts.at(-1).lines.push(line);
    else parts.push({ kind, lines: [line] });
  }
  const flat = parts.map((part) => (part.lines.length < 2 ? { ...part, kind: "text" } : part));
  return flat.map(({ kind, lines }) => ({ kind, text: lines.join("\n"), rows: kind === "table" ? lines.map(cellsOf) : [] }));
}

// The stretch of `text` that `quote` says; white space may differ. null: it is not there.
export function placeOf(text, quote) {
  const words = quote.trim().split(/\s+/).filter(Boolean);
  if (!words.length) return null;
  const found = new RegExp(words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("\\s+"), "u").exec(text);
  return found && [found.index, found.index + found[0].length];
}
