// Runs assets/hearth/library.js, put_away.js, passage.js, marks.js and citations.js for tests/unit/test_library_page.py,
// over a house that answers as it is told. Prints one JSON object.
import { registerHooks } from "node:module";

const js = (code) => `data:text/javascript,${encodeURIComponent(code)}`;
const STANDINS = {
  react: js("export const useEffect = () => {}; export const useSyncExternalStore = (_, now) => now();"),
  "./locale": js("export const locale = () => 'ko'"),
  "./choices.js": js("export const choose = (...given) => globalThis.chosen.push(given);"),
  "./signals.js": js(
    "const all = { news: [], signal: [] }; const on = (what) => (kind, fn) => { all[what].push(fn); };" +
      "for (const what of ['news', 'signal']) globalThis[what] = (...told) => all[what].forEach((fn) => fn(...told));" +
      "export const onNews = on('news'); export const onSignal = on('signal');" +
      "export const openRoom = () => globalThis.open;",
  ),
  "./rest.js": js("export const ask = (path, method, body) => globalThis.house(path, method, body);"),
  "./notes.js": js("export const note = (...given) => globalThis.notes.push(given);"),
  "./uploads.js": js(
    "export const wholeName = ({ name }) => name; export const sendFile = (address, file, how) => globalThis.sends(address, file, how);",
  ),
};
registerHooks({
  resolve: (name, context, next) => (STANDINS[name] ? { url: STANDINS[name], shortCircuit: true } : next(name, context)),
});

const asked = [];
const kept = new Map();
globalThis.chosen = [];
globalThis.open = null;
globalThis.document = { hidden: false };
globalThis.house = async (path, method, body) => {
  asked.push([method, path, body ?? null]);
  const id = /\/api\/documents\/([^/?]+)/.exec(path)?.[1];
  if (path.startsWith("/api/documents?")) return { ok: true, said: { documents: [...kept.values()], used_bytes: 30, limit_bytes: 100 } };
  if (path.startsWith("/api/collections?")) return { ok: true, said: { collections: [{ id: "c1", name: "집" }] } };
  if (method === "DELETE") return { ok: kept.delete(id), said: {} };
  if (!kept.has(id)) return { ok: false, said: { status: 404, detail: "없어요" } };
  if (method === "PATCH") kept.set(id, { ...kept.get(id), ...body });
  return { ok: true, said: kept.get(id) };
};

const { shelfOf, isUnderWay } = await import("../../assets/hearth/library.js");
const { putAway } = await import("../../assets/hearth/put_away.js");
const { linesIn, partsOf, placeIn, placeOf, withMark } = await import("../../assets/hearth/passage.js");
const { remarkHouse } = await import("../../assets/hearth/marks.js");
const { countOf, labelOf, lookAgain, showSource, useCited } = await import("../../assets/hearth/citations.js");

const done = () => new Promise((resolve) => setTimeout(resolve));
const statuses = (shelf) => shelf.view.documents.map(({ id, status, done, total }) => [id, status, done ?? 0, total ?? 0]);
const row = (id, status, more = {}) => ({ id, name: `${id}.pdf`, status, size_bytes: 10, room: "room-1", collection: "", ...more });

kept.set("a", row("a", "ready")).set("b", row("b", "waiting"));
const shelf = shelfOf("room-1");
await shelf.load();
const told = { loaded: statuses(shelf), used: shelf.view.used, asked: asked.splice(0) };

// What the house tells: a number, an end, one that is new, one that went; in a room that is not open nothing is heard.
globalThis.signal("b", "reading", 1, 9, "");
told.deaf = statuses(shelf);
globalThis.open = { id: "room-1" };
globalThis.signal("b", "reading", 3, 9, "");
told.reading = statuses(shelf);
kept.set("b", row("b", "failed", { error: "document_locked" }));
globalThis.signal("b", "failed", 0, 0, "document_locked");
kept.set("c", row("c", "waiting"));
globalThis.signal("c", "waiting", 0, 0, "");
await done();
told.ended = statuses(shelf);
told.error = shelf.view.documents.find(({ id }) => id === "b").error;
kept.delete("a");
globalThis.signal("a", "removed", 0, 0, "");
told.removed = statuses(shelf);
told.usedThen = shelf.view.used;

// What was told is lost: it is asked about while it is under way, and nothing else is.
asked.length = 0;
shelf.heard = 0;
kept.delete("c");
shelf.lookAfter();
await done();
told.lookedAt = asked.splice(0).map(([, path]) => path);
told.after = statuses(shelf);

// What is done.
told.renamed = [await shelf.change("b", { name: "새 이름.pdf" }), shelf.view.documents[0].name];
told.movedAway = [await shelf.change("b", { room: "", collection: "" }), statuses(shelf)];
told.unknown = await shelf.again("zzz", "retry");
globalThis.house = async () => Promise.reject(new Error("no line"));
told.offline = await shelf.change("b", { name: "x" });
await shelf.loadOlder();
told.older = shelf.view.problem;
globalThis.house = async () => ({ ok: false, said: { status: 500, detail: "잠시 뒤에요" } });
await shelf.load();
told.stays = [shelf.view.state, shelf.view.problem];

// What was sent is put away, file by file: one that cannot be keeps no other back.
globalThis.notes = [];
const put = [];
globalThis.house = (path) => Promise[put.push(path) === 1 ? "reject" : "resolve"]({ ok: true, said: {} });
await putAway([{ id: "f1" }, { id: "f2" }], { not_put: "못 넣음", was_put: "넣음" });
await putAway([{ id: "f3" }], { not_put: "못 넣음", was_put: "넣음" });
told.put = [put.map((path) => path.split("=")[1]), globalThis.notes];

// Uploads: two at a time, one is refused, one is busy, one is given up.
const endings = [];
globalThis.sends = (address, file, how) => new Promise((resolve, reject) => endings.push({ address, file, how, resolve, reject }));
const mine = shelfOf("");
mine.view = { ...mine.view, state: "here" };
mine.add([{ name: "하나.pdf", size: 1 }, { name: "둘.pdf", size: 1 }, { name: "셋.pdf", size: 1 }], "c1");
told.atOnce = endings.map(({ address }) => address);
endings[0].how.onProgress(0.5);
told.parts = mine.view.uploads.map(({ part }) => part);
endings[0].resolve(row("u1", "waiting"));
endings[1].reject({ kind: "refused", words: "빈 파일이에요." });
await done();
told.uploads = mine.view.uploads.map(({ name, failed, again, problem }) => [name, failed, again, problem]);
told.brought = statuses(mine);
told.third = endings.length;
mine.giveUp(mine.view.uploads[1].key);
told.aborted = endings[2].how.signal.aborted;
mine.giveUp(mine.view.uploads[0].key);
mine.add([{ name: "하나.pdf", size: 1 }]);
endings.at(-1).reject({ kind: "refused", words: "벌써 있어요.", code: "document_twice" });
await done();
told.twice = [[mine.view.uploads[0].again, mine.view.uploads[0].problem]];
mine.retry(mine.view.uploads[0].key);
told.twice.push(endings.at(-1).address.replace(/&name=.*|name=[^&]*&/, ""));
mine.giveUp(mine.view.uploads[0].key);
globalThis.news("u1", "embedding", 2, 4, "");
told.own = statuses(mine);
told.underWay = ["waiting", "embedding", "ready", "failed", "cancelled"].map((status) => isUnderWay({ status }));

// Text as it was read.
told.tables = partsOf("앞 글\n이름 | 값\n가 | 1\n나 | 2\n뒷글 a | b").map(({ kind, rows }) => [kind, rows.length]);
const piece = "c0ffee00-0000-7000-8000-000000000000";
told.hashes = ["", `#c=${piece}`, `#c=${piece}&p=3`, `#c=${piece}&p=3&s=4-9`, `#c=${piece}&s=9-4`, `#c=${piece}&s=x`].map(placeOf);
const linesOfPiece = [[1, 0, 0.1, 1, 0.2, 0, 6], [1, 0, 0.2, 1, 0.3, 7, 12], [2, 0, 0.1, 1, 0.2, 13, 20]];
told.lines = [[8, 10], [6, 7], [5, 14], [0, 0], [90, 99]].map((said) => linesIn(linesOfPiece, said).map(([, isSaid]) => isSaid));
told.placed = [[0, 0], [2, 4], [3, 99], [99, 120]].map((said) => placeIn("😀가나다", said));
const marking = (text, said) => partsOf(text).flatMap(({ kind, text: part, at, rows }) =>
  kind === "table" ? rows.map((cells) => cells.map((cell) => withMark(cell.text, cell.at, said))) : [withMark(part, at, said)],
);
told.withMark = [
  marking("앞 글. 가운데. 뒷글.", [5, 9]),
  marking("앞 글\n이름 | 값\n가 | 1\n뒷글", [4, 17]),
  marking("앞 글", null),
];

// Numbers in an answer.
function marked(value, given) {
  const tree = { type: "root", children: [{ type: "paragraph", children: [{ type: "text", value }, { type: "inlineCode", value: "[1]" }] }] };
  remarkHouse(given)(tree);
  return tree.children[0].children.map(({ type, value: text, data }) => (type === "source" ? [data.hProperties.dataNumber] : type === "text" ? text : type));
}
told.marked = marked("장작[1]은 마른 것[12] [?] [a] [2024]", { calls: [], looked: true, cites: true });
told.onlyUnsaid = marked("장작[1] 말[?]", { calls: [], looked: true });
told.unmarked = marked("장작[1]", { calls: [] });
told.called = marked("@준 님[1]", { calls: [{ name: "준", me: true }], looked: true, cites: true });
const words = { source: "출처 {number}", source_named: "출처 {number}: {name}", source_page: "출처 {number}: {name}, {page}쪽" };
told.labels = [{ number: 1 }, { number: 2, name: "$& {page}.pdf" }, { number: 3, name: "설명서.pdf", page: 7 }].map((one) => labelOf(one, words));
showSource("m1", 2);
told.chosen = globalThis.chosen;

// A document goes: answers that cite it are asked about anew, up to so many, and the others cite it no more.
const cite = (document) => ({ ok: true, said: [{ number: 1, document }] });
globalThis.house = async () => cite("gone");
for (let at = 0; at < 22; at += 1) lookAgain("room-1", `a${at}`);
await done();
asked.length = 0;
globalThis.house = async (path) => {
  asked.push(path);
  return cite("elsewhere"); // it was moved there
};
globalThis.signal("other", "removed", 0, 0, "");
globalThis.news("gone", "ready", 1, 1, "");
told.undisturbed = asked.filter((path) => path.endsWith("citations"));
asked.length = 0;
globalThis.signal("gone", "removed", 0, 0, "");
await done();
told.askedAnew = [asked.length, asked[0], useCited("a21").list.length, useCited("a0").list.length, useCited("a0").state];
told.counted = ["a21", "a0", "asked never"].map((id) => countOf(useCited(id), 2));
console.log(JSON.stringify(told));
process.exit(0);
