// Notes that come up when somebody calls the reader in a room that is not open: at most three, one a room. A click leads
// to the message. They go by themselves, but not while the pointer or the focus is on them or the page is not looked at.
// Once on a page; it also lets the page's passing frames in.
import { useContext, useEffect, useState } from "react";
import { AtSign, X } from "lucide-react";
import { Link } from "react-router";
import { StateStoreContext } from "$/utils/context-registry";
import { useLocale } from "./locale";
import { dropToast, useToasts } from "./news.js";
import "./people.js";
import { plain } from "./plain.js";
import { attach } from "./signals.js";
import { beginTelling } from "./telling.js";

const SHOWN_MS = 8_000;

function useVisible() {
  const [visible, setVisible] = useState(true);
  useEffect(() => {
    const look = () => setVisible(document.visibilityState === "visible");
    look();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, []);
  return visible;
}

function Toast({ toast, words }) {
  const [held, setHeld] = useState(false);
  const visible = useVisible();
  const korean = useLocale() === "ko";
  useEffect(() => {
    if (held || !visible) return undefined;
    const timer = setTimeout(() => dropToast(toast.id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [held, visible, toast.id]);

  const room = korean ? toast.ko : toast.en;
  return (
    <div
      className="toast"
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
      onKeyDown={(event) => event.key === "Escape" && dropToast(toast.id)}
    >
      <Link className="toast-link" to={`/room/${toast.room}?m=${toast.message}`} onClick={() => dropToast(toast.id)}>
        <AtSign className="toast-mark" size={18} aria-hidden="true" />
        <span className="toast-words">
          <span className="toast-head">
            <strong>{korean ? toast.who : toast.who_en}</strong>
            {room && <span className="muted"> · {room}</span>}
          </span>
          <span className="toast-text">{plain(toast.text) || words.file}</span>
        </span>
      </Link>
      <button type="button" className="icon-button" aria-label={words.close} onClick={() => dropToast(toast.id)}><X /></button>
    </div>
  );
}

export function Toasts({ names, words }) {
  const state = useContext(StateStoreContext);
  const toasts = useToasts();
  useEffect(() => {
    attach(state, names);
    beginTelling();
  }, [state]);
  return (
    <section className="toasts" role="status" aria-label={words.label}>
      {toasts.map((toast) => <Toast key={toast.id} toast={toast} words={words} />)}
    </section>
  );
}
