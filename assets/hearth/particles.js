// Korean particles behind a name: which of the two forms follows is heard in its last syllable.
const FIRST = 0xac00;
const LAST = 0xd7a3;

// Whether the last syllable ends in a consonant; null for a name that does not end in Hangul.
function closes(name) {
  const code = name.trimEnd().normalize("NFC").at(-1)?.charCodeAt(0) ?? 0;
  return code >= FIRST && code <= LAST ? (code - FIRST) % 28 > 0 : null;
}

// "엄마가", "아들이"; a name in other letters gets 님, which fits any: "Mina님이".
export function subject(name) {
  const closed = closes(name);
  return closed === null ? `${name}님이` : `${name}${closed ? "이" : "가"}`;
}

// "엄마와", "아들과", "Mina님과"
export function together(name) {
  const closed = closes(name);
  return closed === null ? `${name}님과` : `${name}${closed ? "과" : "와"}`;
}
