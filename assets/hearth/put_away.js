// Puts what was sent with a message into the library of the room where it was said. Knows no page.
import { note } from "./notes.js";
import { ask } from "./rest.js";

// Says in a note what came of it.
export async function putAway(files, words) {
  for (const { id } of files) {
    const { ok, said } = await ask(`/api/documents?file=${encodeURIComponent(id)}`, "POST").catch(() => ({ ok: false, said: {} }));
    if (!ok) return note(said.detail || words.not_put, { bad: true });
  }
  return note(words.was_put);
}
