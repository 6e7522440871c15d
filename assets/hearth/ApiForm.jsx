// A form that speaks to the REST API: an API route alone can set the HttpOnly session cookie. What was typed stays
// typed, whatever happens; errors come from the server in the reader's language and are read out.
import { useEffect, useId, useRef, useState } from "react";
import { ask } from "./rest.js";
import { sameSite } from "./way.js";

export { ask };

const lastOfPath = () => decodeURIComponent(location.pathname.split("/").filter(Boolean).at(-1) ?? "");

function valueOf(field) {
  if (field.type === "checkbox") return field.checked;
  if (field.type === "number") return field.value === "" ? 0 : Number(field.value);
  return field.value;
}

function collect(form, pathField) {
  const body = {};
  for (const field of form.elements) {
    if (field.name && (field.type !== "radio" || field.checked)) body[field.name] = valueOf(field);
  }
  if (pathField) body[pathField] = lastOfPath();
  return body;
}

// "/room/{id}" with the answer's own id; {last} is the last part of this page's address
function fill(address, said) {
  return address.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(name === "last" ? lastOfPath() : (said[name] ?? "")));
}

// `after` is asked once `action` was taken, with the session that it may have begun.
// With `done` the page stays, says so, and hears of it; without, it goes where `next` says.
export function ApiForm({ action, after, method, next, pathField, offline, unexpected, done, onDone, className, children }) {
  const form = useRef(null);
  const busy = useRef(false);
  const errorId = useId();
  const [error, setError] = useState("");
  const [kept, setKept] = useState(false);

  function setBusy(value) {
    busy.current = value;
    for (const button of form.current?.querySelectorAll("button[type=submit]") ?? []) {
      button.setAttribute("aria-busy", String(value));
      button.disabled = value;
    }
  }

  function mark(name) {
    for (const field of form.current.querySelectorAll("[aria-invalid]")) {
      field.removeAttribute("aria-invalid");
      field.removeAttribute("aria-errormessage");
    }
    const field = name ? form.current.elements.namedItem(name) : null;
    if (field instanceof HTMLElement) {
      field.setAttribute("aria-invalid", "true");
      field.setAttribute("aria-errormessage", errorId);
      field.focus();
    }
  }

  function fail(words, field) {
    setBusy(false);
    setError(words);
    mark(field);
  }

  async function submit(event) {
    event.preventDefault();
    if (busy.current) {
      return;
    }
    setBusy(true);
    setError("");
    setKept(false);
    mark(null);
    try {
      let { ok, said } = await ask(fill(action, {}), method, collect(form.current, pathField));
      if (ok && after) ({ ok, said } = await ask(fill(after, said), "POST", {}));
      if (!ok) {
        fail(said.detail || unexpected, said.field);
        return;
      }
      if (done) {
        setBusy(false);
        setKept(true);
        for (const field of form.current.querySelectorAll("input[type=password]")) field.value = "";
        onDone?.();
        return;
      }
      const wanted = new URLSearchParams(location.search).get("next");
      // A whole new page, so that the socket is opened with the new cookie.
      location.assign(sameSite(wanted) ?? fill(next, said));
    } catch {
      fail(offline);
    }
  }

  // Enter that only ends a Hangul or kana composition is not "send".
  function composing(event) {
    if (event.key === "Enter" && (event.nativeEvent.isComposing || event.keyCode === 229)) {
      event.preventDefault();
    }
  }

  useEffect(() => {
    const returned = (event) => event.persisted && setBusy(false); // the way back finds the form usable
    addEventListener("pageshow", returned);
    return () => removeEventListener("pageshow", returned);
  }, []);

  return (
    <form ref={form} className={className} onSubmit={submit} onKeyDown={composing} noValidate>
      {children}
      <p id={errorId} className="form-error" role="alert">{error}</p>
      {done && <p className="form-done" role="status">{kept ? done : ""}</p>}
    </form>
  );
}
