// What this house adds to Markdown: names that are called, numbers of sources, formulas in a measure. Works on the tree that remark makes,
// where code and links are nodes of their own; no HTML is made here.
const FORMULAS_MAX = 100; // of one piece of text: each is drawn by itself

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const isHangul = (char) => char >= "가" && char <= "힣";

// One pattern for all names, longest first, so that "@Anna Lee" is not taken for "@Anna".
function patternOf(calls) {
  const names = [...new Set(calls.map(({ name }) => name))].sort((a, b) => b.length - a.length);
  if (!names.length) return null;
  const each = names.map((name) => escaped(name).replace(/ /g, "\\s?") + (isHangul(name.at(-1)) ? "" : "(?![A-Za-z0-9_])"));
  return new RegExp(`(?<![\\w@])@(?:${each.join("|")})`, "giu");
}

function mention(value, mine) {
  const className = mine ? ["called", "called-me"] : ["called"];
  return { type: "mention", data: { hName: "span", hProperties: { className } }, children: [{ type: "text", value }] };
}

function withMentions(text, pattern, mine) {
  const parts = [];
  let at = 0;
  for (const found of text.matchAll(pattern)) {
    if (found.index > at) parts.push({ type: "text", value: text.slice(at, found.index) });
    parts.push(mention(found[0], mine.has(found[0].slice(1).replace(/\s/g, "").toLowerCase())));
    at = found.index + found[0].length;
  }
  if (at < text.length) parts.push({ type: "text", value: text.slice(at) });
  return parts;
}

const NUMBER = /\[(\d{1,3}|\?)\]/g; // as answers point at their sources; [?]: at none
const NONE = /\[(\?)\]/g;

function withSources(text, pattern) {
  const parts = [];
  let at = 0;
  for (const found of text.matchAll(pattern)) {
    if (found.index > at) parts.push({ type: "text", value: text.slice(at, found.index) });
    parts.push({ type: "source", data: { hName: "cite", hProperties: { dataNumber: found[1] } }, children: [] });
    at = found.index + found[0].length;
  }
  if (at < text.length) parts.push({ type: "text", value: text.slice(at) });
  return parts;
}

// calls: [{name, me}] of those whom the house has found to be called; looked: whether something was looked up for the
// text; cites: whether it points at what was found.
export function remarkHouse({ calls, looked = false, cites = false }) {
  const pattern = patternOf(calls);
  const mine = new Set(calls.filter(({ me }) => me).map(({ name }) => name.replace(/\s/g, "").toLowerCase()));
  return (tree) => {
    let formulas = 0;
    const called = (node) => (pattern && node.type === "text" && node.value.includes("@") ? withMentions(node.value, pattern, mine) : [node]);
    const marked = (node) => (looked ? withSources(node.value, cites ? NUMBER : NONE) : [node]).flatMap(called);
    const walk = (node) => {
      if (!node.children || node.type === "link" || node.type === "linkReference") return;
      node.children = node.children.flatMap((child) => {
        if (child.type === "text") return marked(child);
        if ((child.type === "inlineMath" || child.type === "math") && ++formulas > FORMULAS_MAX)
          return [{ type: child.type === "math" ? "code" : "inlineCode", value: child.value }];
        walk(child);
        return [child];
      });
    };
    walk(tree);
  };
}

const CODE = /(^|\n)(`{3,}|~{3,})[^]*?(?:\n\2[`~]*(?=\n|$)|$)|(`+)[^`][^]*?\3(?!`)/g;
const PAIR = /(?<![\\$])\$(?![\s$])([^$\n]*[^\s$\\])\$(?![\d$])/g; // "$x$", but not "$5 and $10"
const HOLD = "\u{F0000}"; // of no use in any text: stands for a dollar that is part of a formula

// Money stays money: a dollar that begins no formula is written so that Markdown does not take it for one. The marks that
// models like, \( \) and \[ \], become the ones that are read.
export function readyForFormulas(text) {
  if (!/[$]|\\[([]/.test(text)) return text;
  const parts = [];
  let at = 0;
  for (const code of text.matchAll(CODE)) {
    parts.push(formulas(text.slice(at, code.index)), code[0]);
    at = code.index + code[0].length;
  }
  return [...parts, formulas(text.slice(at))].join("");
}

function formulas(prose) {
  return prose
    .replace(/\\\[([^]*?)\\\]/g, (_, inside) => `\n$$\n${inside.trim()}\n$$\n`)
    .replace(/\\\(([^\n]*?)\\\)/g, (_, inside) => `${HOLD}${inside.trim()}${HOLD}`)
    .replace(PAIR, (_, inside) => `${HOLD}${inside}${HOLD}`)
    .replace(/(?<![\\$])\$(?!\$)/g, "\\$")
    .replaceAll(HOLD, "$");
}
