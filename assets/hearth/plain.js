// A message where only its beginning is shown: its words without the marks of Markdown. Knows no page.
const HIT = "\uE000"; // around what was looked for, while marks are taken out: no keyboard writes these
const END = "\uE001";

function unmarked(text) {
  return text
    .replace(/^[ \t]*(?:```|~~~)[^\n]*$/gm, "")
    .replace(/^[ \t]*(?:(?:[-*_][ \t]*){3,}|\|?(?:[ \t]*:?-+:?[ \t]*\|)+[ \t:|-]*)$/gm, "") // a rule, or that of a table
    .replace(/^[ \t]*\|(.*)\|[ \t]*$/gm, (_, cells) => cells.replace(/\s*\|\s*/g, " · "))
    .replace(/^\s{0,3}(?:#{1,6}|>|(?:[-*+]|\d{1,9}[.)])(?: \[[ xX]\])?)[ \t]+/gm, "")
    .replace(/!?\[([^\]]*)\]\([^)]*(?:\)|$)/g, "$1") // also one that is cut off in the middle
    .replace(/(\*\*|__|~~|`+)(?=\S)([^\n]*?\S)\1/g, "$2")
    .replace(/(^|[^\w*_])([*_])(?=[^\s*_])([^*_\n]*[^\s*_])\2(?![\w*_])/gm, "$1$3");
}

// In one line.
export function plain(text) {
  return unmarked(text).replace(/\s+/g, " ").trim();
}

// With its lines, for a place that has room for some.
export function plainLines(text) {
  return unmarked(text).replace(/[^\S\n]+/g, " ").replace(/ ?\n\s*/g, "\n").trim();
}

// The same of a text in parts, [{text, hit}], of which some were looked for: those stay marked.
export function plainParts(parts) {
  const clean = (text) => text.replace(/[\uE000\uE001]/g, "");
  const whole = parts.map(({ text, hit }) => (hit ? HIT + clean(text) + END : clean(text))).join("");
  let hit = false;
  const left = [];
  for (const piece of plain(whole).split(/([\uE000\uE001])/)) {
    if (piece === HIT || piece === END) hit = piece === HIT;
    else if (piece) left.push({ text: piece, hit });
  }
  return left;
}
