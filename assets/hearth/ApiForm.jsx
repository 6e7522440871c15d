// A form that speaks to the REST API: an API route alone can set the HttpOnly session cookie. What was typed stays
// typed, whatever happens; errors come from the server in the reader's language and are read out.
import { useEffect, useId, useRef, useState } from "react";
import { locale } from "./locale";
import { sameSite } from "./way.js";

function collect(form, pathField) {
  const body = {};
  for (const field of form.elements) {
    if (field.name) {
      body[field.name] = field.type === "checkbox" ? field.checked : field.value;
    }
  }
  if (pathField) {
    body[pathField] = decodeURIComponent(location.pathname.split("/").filter(Boolean).at(-1) ?? "");
  }
  return body;
}

export async function ask(action, method, body) {
  const response = await fetch(action, {
    method,
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", "Accept-Language": locale(), "X-Hearth": "1" },
    body: method === "DELETE" ? undefined : JSON.stringify(body),
  });
  const said = await response.json().catch(() => ({}));
  return { ok: response.ok, said: said ?? {} };
}

// "/room/{id}" with the answer's own id
function fill(next, said) {
  return next.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(said[name] ?? ""));
}

export function ApiForm({ action, method, next, pathField, offline, unexpected, className, children }) {
  const form = useRef(null);
  const busy = useRef(false);
  const errorId = useId();
  const [error, setError] = useState("");

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
    mark(null);
    try {
      const { ok, said } = await ask(action, method, collect(form.current, pathField));
      if (!ok) {
        fail(said.detail || unexpected, said.field);
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
    </form>
  );
}
