// The box in which a message is written. Uncontrolled: binding it to state while somebody types breaks the composition
// of Hangul. Enter sends through `beforeinput`, which comes after an input method has put down its last syllable.
import { useEffect, useRef, useState } from "react";
import { roomStore } from "$/public/hearth/feed";

const draftKey = (owner) => `hearth:draft:${owner}`; // owner: the person and the room

function savedDraft(owner) {
  try {
    return localStorage.getItem(draftKey(owner)) ?? "";
  } catch {
    return "";
  }
}

function saveDraft(owner, text) {
  try {
    if (text) localStorage.setItem(draftKey(owner), text);
    else localStorage.removeItem(draftKey(owner));
  } catch {
    // A full or forbidden store: the draft lives as long as the tab.
  }
}

// With a mouse at hand one has come to write; a phone would raise its keyboard over the talk. Whoever has begun to go by
// keyboard, or has something open, is left where they are.
function mayTakeFocus() {
  const at = document.activeElement;
  const elsewhere = at && at !== document.body && !at.closest("a:not(.skip)");
  return window.matchMedia("(pointer: fine)").matches && !elsewhere && !document.querySelector("dialog[open], [role=dialog]");
}

const hasControls = (text) => /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/.test(text);

export function Composer({ room, me, limit, label, placeholder, sendLabel, tooLong, controls, children }) {
  const box = useRef(null);
  const shift = useRef(false);
  const [problem, setProblem] = useState("");
  const owner = `${me}:${room}`;

  useEffect(() => {
    if (!box.current || !room || !me) return;
    box.current.value = savedDraft(owner);
    fit();
    if (mayTakeFocus()) box.current.focus({ preventScroll: true });
  }, [owner]);

  function fit() {
    box.current.style.height = "auto";
    box.current.style.height = `${Math.min(box.current.scrollHeight, window.innerHeight * 0.4)}px`;
  }

  function changed() {
    saveDraft(owner, box.current.value);
    setProblem("");
    fit();
  }

  function send() {
    const text = box.current.value.replace(/\r\n?/g, "\n");
    if (!text.trim()) return;
    const length = [...text].length;
    if (length > limit) {
      setProblem(tooLong.replace("{length}", length.toLocaleString()).replace("{limit}", limit.toLocaleString()));
      return;
    }
    if (hasControls(text)) {
      setProblem(controls);
      return;
    }
    const store = roomStore();
    if (!store) return; // the room has not answered yet: the text stays in the box
    store.send(text);
    box.current.value = "";
    changed();
  }

  useEffect(() => {
    const node = box.current;
    // React has no event of its own for the native beforeinput with its inputType.
    const onBeforeInput = (event) => {
      const breaks = event.inputType === "insertLineBreak" || event.inputType === "insertParagraph";
      const finePointer = window.matchMedia("(pointer: fine)").matches;
      if (!breaks || shift.current || !finePointer || event.isComposing) return;
      event.preventDefault();
      send();
    };
    node.addEventListener("beforeinput", onBeforeInput);
    return () => node.removeEventListener("beforeinput", onBeforeInput);
  });

  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {children}
      <textarea
        ref={box}
        id="composer"
        rows={1}
        aria-label={label}
        aria-describedby={problem ? "composer-error" : undefined}
        aria-invalid={problem ? true : undefined}
        placeholder={placeholder}
        onInput={changed}
        onKeyDown={(event) => {
          shift.current = event.shiftKey;
        }}
        enterKeyHint="send"
      />
      <button type="submit" className="composer-send" aria-label={sendLabel}>
        {sendLabel}
      </button>
      {problem && (
        <p id="composer-error" className="composer-error" role="alert">
          {problem}
        </p>
      )}
    </form>
  );
}
