// Puts what was sent with a message into the library of the room where it was said. Knows no page.
import { note } from "./notes.js";
import { ask } from "./rest.js";

// Says in a note what came of it: of several, what went wrong last.
export async function putAway(files, words) {
  let problem = "";
  for (const { id } of files) {
    const { ok, said } = await ask(`/api/documents?file=${encodeURIComponent(id)}`, "POST").catch(() => ({ ok: false, said: {} }));
    if (!ok) problem = said.detail || words.not_put;
  }
  return problem ? note(problem, { bad: true }) : note(words.was_put);
}
