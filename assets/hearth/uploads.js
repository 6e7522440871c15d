// A picture, a file or a document on its way to the house, with its progress. Only XMLHttpRequest tells how much of a body
// has left. Knows no page.
import { locale } from "./locale";

// `kind`: "aborted" (the sender gave it up), "offline" (nothing answered; the same may be sent again), "busy" (may be sent
// again after `wait` seconds), "refused" (sent again it is refused again). `words` says why in the reader's language; it is
// empty where the house said nothing; `code` is the house's own word for it.
export class UploadError extends Error {
  constructor(kind, { words = "", wait = 0, code = "" } = {}) {
    super(words || kind);
    Object.assign(this, { name: "UploadError", kind, words, wait, code });
  }
}

function told(request) {
  try {
    return JSON.parse(request.responseText) ?? {};
  } catch {
    return {};
  }
}

function refusal(request) {
  const { detail = "", code = "" } = told(request);
  const words = String(detail);
  if (request.status === 429) {
    return new UploadError("busy", { words, wait: Number(request.getResponseHeader("Retry-After")) || 3 });
  }
  return new UploadError(request.status >= 500 || request.status === 0 ? "offline" : "refused", { words, code });
}

// Brings `file` into `room`. Answers its view {id, kind, name, mime, size, width, height, blur}, to be sent with a message.
export function uploadFile(room, file, how) {
  return sendFile(`/api/rooms/${encodeURIComponent(room)}/files?name=${encodeURIComponent(wholeName(file))}`, file, how);
}

// Posts `file` as it is. Answers the view that the house made of it; fails with an UploadError. `onProgress` hears a part
// of one; the last of it is the house looking at the file.
export function sendFile(address, file, { onProgress, signal } = {}) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(new UploadError("aborted"));
      return;
    }
    const request = new XMLHttpRequest();
    const giveUp = () => request.abort();
    const end = (settle, value) => {
      signal?.removeEventListener("abort", giveUp);
      settle(value);
    };
    signal?.addEventListener("abort", giveUp);
    request.upload.onprogress = ({ loaded, total }) => onProgress?.(total ? loaded / total : 0);
    request.onload = () => {
      const view = told(request);
      if (request.status < 300 && view.id) end(resolve, view);
      else end(reject, refusal(request));
    };
    request.onerror = () => end(reject, new UploadError("offline"));
    request.onabort = () => end(reject, new UploadError("aborted"));
    request.open("POST", address);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("Accept-Language", locale());
    request.setRequestHeader("X-Hearth", "1");
    request.send(file);
  });
}

// Takes back a file that was brought and is not to be sent. What fails here is removed by the house after a day.
export function takeBack(id) {
  return fetch(`/api/files/${encodeURIComponent(id)}`, { method: "DELETE", credentials: "same-origin" }).catch(() => null);
}

// The end of a very long name holds what it is. Half a pair of surrogates cannot be written in an address.
export function wholeName(file) {
  return Array.from(String(file.name ?? "")).slice(-1000).join("").replace(/[\ud800-\udfff](?![\udc00-\udfff])/gu, "");
}
