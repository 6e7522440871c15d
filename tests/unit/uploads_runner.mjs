// Runs assets/hearth/uploads.js and files.js for tests/unit/test_browser_files.py, over requests that end as they are told.
// Prints one JSON object.
import { registerHooks } from "node:module";

const STANDINS = {
  blurhash: "data:text/javascript,export const decode = () => { throw new Error('no canvas here'); }",
  "./locale": "data:text/javascript,export const locale = () => 'ko'",
};
registerHooks({
  resolve: (name, context, next) => (STANDINS[name] ? { url: STANDINS[name], shortCircuit: true } : next(name, context)),
});

const asked = [];
let ending = null; // what the next request comes to

globalThis.XMLHttpRequest = class {
  upload = {};
  headers = {};
  open(method, path) {
    Object.assign(this, { method, path });
  }
  setRequestHeader(name, value) {
    this.headers[name] = value;
  }
  getResponseHeader(name) {
    return name === "Retry-After" ? (ending.wait ?? null) : null;
  }
  abort() {
    this.onabort();
  }
  send(body) {
    asked.push({ method: this.method, path: this.path, language: this.headers["Accept-Language"], body: body.size });
    this.upload.onprogress({ loaded: 5, total: 10 });
    if (ending.hangs) return;
    if (ending.status === undefined) this.onerror();
    else this.onload(Object.assign(this, { status: ending.status, responseText: ending.text ?? "" }));
  }
};

const { uploadFile } = await import("../../assets/hearth/uploads.js");
const { nameParts, sizeWords } = await import("../../assets/hearth/files.js");

async function ends(how, { name = "cat.png", abort = false } = {}) {
  ending = how;
  const parts = [];
  const giver = new AbortController();
  const coming = uploadFile("room 1", { name, size: 10 }, { onProgress: (part) => parts.push(part), signal: giver.signal });
  if (abort) giver.abort();
  return coming.then((view) => ({ view, parts }), ({ kind, words, wait }) => ({ kind, words, wait, parts }));
}

const said = (detail) => JSON.stringify({ detail });
const outcomes = {
  kept: await ends({ status: 201, text: JSON.stringify({ id: "f1" }) }),
  refused: await ends({ status: 422, text: said("빈 파일이에요.") }),
  busy: await ends({ status: 429, text: said("잠시만요."), wait: "7" }),
  fallen: await ends({ status: 502, text: "<html>" }),
  unreachable: await ends({}),
  nonsense: await ends({ status: 201, text: "<html>" }),
  aborted: await ends({ hangs: true }, { abort: true }),
  halfALetter: await ends({ status: 201, text: JSON.stringify({ id: "f2" }) }, { name: "\ud800 가 #?&.png" }),
};
const names = ["a.txt", "아주 길고 긴 파일 이름 그 두 번째 판.hwp", "👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧.png", ""].map((name) => [name, nameParts(name)]);
const sizes = [0, 1, 999, 1000, 1_500_000, 3_250_000_000].map((size) => [sizeWords(size, "en"), sizeWords(size, "ko")]);
console.log(JSON.stringify({ outcomes, asked, names, sizes }));
