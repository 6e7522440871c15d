// Asks the REST API with the session's cookie and in the reader's language. Knows no route.
import { useCallback, useEffect, useState } from "react";
import { locale } from "./locale";

export async function ask(action, method, body, signal) {
  const bare = body === undefined || method === "DELETE" || method === "GET";
  const response = await fetch(action, {
    method,
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", "Accept-Language": locale(), "X-Hearth": "1" },
    body: bare ? undefined : JSON.stringify(body),
    signal,
  });
  const said = await response.json().catch(() => ({}));
  return { ok: response.ok, said: said ?? {} };
}

// Brings a file as it is. Answers as `ask` does.
export async function bring(action, method, file) {
  const headers = { "Content-Type": "application/octet-stream", "Accept-Language": locale(), "X-Hearth": "1" };
  const response = await fetch(action, { method, credentials: "same-origin", headers, body: file });
  const said = await response.json().catch(() => ({}));
  return { ok: response.ok, said: said ?? {} };
}

// What `path` answers (`status`: that of a refusal), and a way to ask again; "" asks nothing yet. What was known stays while it is asked anew.
export function useAsked(path, { offline, unexpected }) {
  const [now, setNow] = useState({ data: null, problem: "", status: 0 });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let wanted = true;
    const take = (next) => wanted && setNow((before) => ({ ...before, ...next }));
    if (path)
      ask(path, "GET")
        .then(({ ok, said }) => take(ok ? { data: said, problem: "", status: 0 } : { problem: said.detail || unexpected, status: said.status ?? 0 }))
        .catch(() => take({ problem: offline, status: 0 }));
    return () => {
      wanted = false;
    };
  }, [path, turn]);
  return [now, useCallback(() => setTurn((count) => count + 1), [])];
}

// One thing at a time: [what went wrong last, whether it is under way, do it]. `act` answers what was said, or null.
export function useAct({ offline, unexpected }) {
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const act = useCallback(
    async (method, action, body) => {
      setBusy(true);
      setProblem("");
      try {
        const { ok, said } = await ask(action, method, body);
        if (!ok) setProblem(said.detail || unexpected);
        return ok ? said : null;
      } catch {
        setProblem(offline);
        return null;
      } finally {
        setBusy(false);
      }
    },
    [offline, unexpected],
  );
  return [problem, busy, act];
}
