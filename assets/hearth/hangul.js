// How a reader who types in a hurry finds a name: by its first consonants (ㅁㄴ finds 미나), by a syllable that is still
// being composed (지 finds 진우), by any part of it. The arithmetic is that of the Unicode Hangul syllables block.
const FIRST = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ";
const BASE = 0xac00;
const LAST = 0xd7a3;
const FINALS = 28;
const PER_FIRST = 21 * FINALS;

const isSyllable = (char) => char.charCodeAt(0) >= BASE && char.charCodeAt(0) <= LAST;

export const folded = (text) => text.normalize("NFC").toLowerCase();

// The first consonant of a syllable; any other character is itself.
export function initial(char) {
  return isSyllable(char) ? FIRST[Math.floor((char.charCodeAt(0) - BASE) / PER_FIRST)] : char;
}

function sameChar(asked, char) {
  if (asked === char) return true;
  if (FIRST.includes(asked)) return initial(char) === asked;
  if (!isSyllable(asked) || !isSyllable(char)) return false;
  const [one, other] = [asked.charCodeAt(0) - BASE, char.charCodeAt(0) - BASE];
  return one % FINALS === 0 && Math.floor(one / FINALS) === Math.floor(other / FINALS); // its end is not typed yet
}

// Where in `name` the query is found, -1 when nowhere; an empty query is found at the beginning.
export function place(query, name) {
  const [asked, chars] = [[...folded(query).replaceAll(" ", "")], [...folded(name)]];
  const kept = chars.map((char, at) => [char, at]).filter(([char]) => char !== " ");
  for (let from = 0; from + asked.length <= kept.length; from += 1) {
    if (asked.every((char, at) => sameChar(char, kept[from + at][0]))) return asked.length ? kept[from][1] : 0;
  }
  return -1;
}

// Those whose name holds the query: where it begins with it first, in the order given otherwise.
export function ranked(query, list, nameOf) {
  const found = list.map((one, order) => ({ one, order, at: Math.min(...nameOf(one).map((name) => rank(query, name))) }));
  return found.filter(({ at }) => at < Infinity).sort((a, b) => a.at - b.at || a.order - b.order).map(({ one }) => one);
}

function rank(query, name) {
  const at = place(query, name);
  return at < 0 ? Infinity : at === 0 ? 0 : 1;
}
