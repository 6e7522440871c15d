// What a screen reader hears of a room: whole messages, and the start and the end of an answer, never its words.
// Knows no page; components/talk.py puts it into words.
const OPEN = ["sending", "streaming"];
export const SILENCE = { kind: "", name: "", name_en: "", text: "" };

// What is to be said of a row that was told, or null. `before` is how it was known; `fresh`: it was not known at all,
// here or anywhere else in the room.
export function heard(row, before, { me, fresh }) {
  if (row.author === me || row.kind === "notice" || !(before || fresh)) return null;
  const said = (kind, text) => ({ kind, name: row.name, name_en: row.name_en, text });
  if (!row.is_ai) return fresh ? said("said", row.text) : null;
  if (row.status === "streaming") return before?.status === "streaming" ? null : said("began", "");
  if (OPEN.includes(row.status)) return null;
  return !before || OPEN.includes(before.status) ? said("ended", row.text) : null;
}

// Once, when it gets its place: nobody wants to hear the seconds.
export const heardToWait = (row, place) => ({ kind: "waiting", name: row.name, name_en: row.name_en, text: `${place}` });
