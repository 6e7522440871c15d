// What may be completed in front of the caret: @ a person or an AI, # a room, : an emoji, / a command. Values only.
const SHORTEST = { "@": 0, "#": 0, ":": 2, "/": 0 };
const LONGEST = 24;

// {mark, query, from} of what is being written, or null. `from` is where the mark stands.
export function wanted(text, caret) {
  const before = text.slice(0, caret);
  if (/^\/[^\s/]*$/.test(before)) return { mark: "/", query: before.slice(1), from: 0 };
  const found = before.match(/(?:^|[\s([{"'“‘])([@#:])([^\s@#:]*)$/);
  if (!found) return null;
  const [, mark, query] = found;
  if (query.length < SHORTEST[mark] || query.length > LONGEST || insideCode(before)) return null;
  if (mark === ":" && !/^[\p{L}\p{N}_+-]+$/u.test(query)) return null;
  if (mark === "#" && /^\d+$/.test(query)) return null; // the first, the second: no room is meant
  return { mark, query, from: caret - query.length - 1 };
}

// The text and the caret after `put` took the place of what was being written.
export function completed(text, caret, { from }, put) {
  const rest = text.slice(caret).replace(/^ /, "");
  return { text: `${text.slice(0, from)}${put} ${rest}`, caret: from + put.length + 1 };
}

// Code is quoted: nobody is called in it.
function insideCode(before) {
  const fences = before.match(/^ {0,3}```/gm)?.length ?? 0;
  const line = before.slice(before.lastIndexOf("\n") + 1);
  return fences % 2 === 1 || (line.match(/`/g)?.length ?? 0) % 2 === 1;
}

// "/quiet 1h" → {name: "quiet", rest: "1h"}; null when the text is no command. "//" says a slash.
export function command(text) {
  const found = text.match(/^\/([^\s/]+)(?:\s+([\s\S]*))?$/);
  return found ? { name: found[1].toLowerCase(), rest: (found[2] ?? "").trim() } : null;
}

// What is said: a second slash in front of what would be a command is taken away.
export const spoken = (text) => (text.startsWith("//") && command(text.slice(1).trim()) ? text.slice(1) : text);
