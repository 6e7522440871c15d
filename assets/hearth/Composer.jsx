// The box in which a message is written. Uncontrolled: binding it to state while somebody types breaks the composition
// of Hangul. Enter sends through `beforeinput`, which comes after an input method has put down its last syllable.
import { useEffect, useRef, useState } from "react";
import { roomStore } from "$/public/hearth/feed";

const draftKey = (room) => `hearth:draft:${room}`;

function savedDraft(room) {
  try {
    return localStorage.getItem(draftKey(room)) ?? "";
  } catch {
    return "";
  }
}

function saveDraft(room, text) {
  try {
    if (text) localStorage.setItem(draftKey(room), text);
    else localStorage.removeItem(draftKey(room));
  } catch {
    // A full or forbidden store: the draft lives as long as the tab.
  }
}

const hasControls = (text) => /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/.test(text);

export function Composer({ room, limit, label, placeholder, sendLabel, tooLong, controls, children }) {
  const box = useRef(null);
  const shift = useRef(false);
  const [problem, setProblem] = useState("");

  useEffect(() => {
    if (!box.current || !room) return;
    box.current.value = savedDraft(room);
    fit();
  }, [room]);

  function fit() {
    box.current.style.height = "auto";
    box.current.style.height = `${Math.min(box.current.scrollHeight, window.innerHeight * 0.4)}px`;
  }

  function changed() {
    saveDraft(room, box.current.value);
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
