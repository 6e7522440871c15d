// The box in which a message is written. Uncontrolled: binding it to state while somebody types breaks the composition
// of Hangul. Enter sends through `beforeinput`, which comes after an input method has put down its last syllable.
import { useEffect, useRef, useState } from "react";
import { SendHorizontal } from "lucide-react";
import { useLocation } from "react-router";
import { roomStore, useIsOpen } from "$/public/hearth/feed";
import { addressed } from "./addressed.js";
import { Attach, DropAnywhere } from "./Attach.jsx";
import { told, wasAnswered } from "./answers";
import { Above, Meant, Once } from "./ComposerParts.jsx";
import { COMMANDS, commandOf } from "./commands";
import { command, spoken } from "./completion";
import { saveReply, saveText, savedReply, savedText } from "./draft";
import { preferences } from "./prefs";
import { LIST, Suggestions, optionId, useSuggestions } from "./Suggestions.jsx";
import { TrayList } from "./Tray.jsx";
import { useTray } from "./tray.js";

// With a mouse at hand one has come to write; a phone would raise its keyboard over the talk. Whoever has begun to go by
// keyboard, or has something open, is left where they are.
const byMouse = () => window.matchMedia("(pointer: fine)").matches;

function mayTakeFocus() {
  const at = document.activeElement;
  const elsewhere = at && at !== document.body && !at.closest("a:not(.skip)");
  return byMouse() && !elsewhere && !document.querySelector("dialog[open], [role=dialog]");
}

const QUOTED = 200; // characters of what is answered that are kept with the draft

const hasControls = (text) => /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/.test(text);
const sendsByEnter = () => preferences().enter_sends && byMouse();

export function Composer({ room: held, me, limit, ais, rooms, words, children }) {
  const box = useRef(null);
  const keys = useRef({ shift: false, control: false });
  const laidAside = useRef(""); // the draft, while something else is being edited
  const here = useRef({}); // what this box is for now, for whoever comes back from the house
  const [problem, setProblem] = useState("");
  const [reply, setReply] = useState(null); // {id, seq, name, name_en, text}
  const [edit, setEdit] = useState(null); // {id, text}
  const [saving, setSaving] = useState(false);
  const [above, setAbove] = useState(""); // what is open above the box: "help", "prompts", "once"
  const [config, setConfig] = useState(null); // what is set for the answers to the next message alone
  const [asSoonAsReady, setAsSoonAsReady] = useState(false);
  const room = addressed(useLocation().pathname, held); // what is typed while it still loads is meant for it
  const isOpen = useIsOpen();
  const owner = `${me}:${room}`;
  const tray = useTray(owner, room);
  const commands = COMMANDS.map((one) => ({ ...one, words: words[`command_${one.name}`] }));
  const suggestions = useSuggestions({ box, me, ais, rooms, commands, onChanged: changed });
  here.current = { owner, editing: edit?.id };

  useEffect(() => {
    if (!box.current || !room || !me) return;
    put(savedText(owner));
    setReply(savedReply(owner));
    setEdit(null);
    setProblem("");
    setAbove("");
    setConfig(null);
    setAsSoonAsReady(false);
    suggestions.close();
  }, [owner]);

  useEffect(() => {
    if (held && me && mayTakeFocus()) box.current?.focus({ preventScroll: true });
  }, [me, held]);

  useEffect(() => {
    if (!asSoonAsReady || !isOpen || (!tray.ready && !tray.failed)) return;
    setAsSoonAsReady(false);
    if (tray.failed) setProblem(words.files_failed);
    else send();
  });

  useEffect(() => {
    const heard = {
      "hearth:reply": ({ detail }) => {
        stopEditing();
        answer({ ...detail, text: detail.text.slice(0, QUOTED) });
        box.current.focus();
      },
      "hearth:edit": ({ detail }) => beginEditing(detail),
      "hearth:say": ({ detail }) => insert(detail.text),
    };
    Object.entries(heard).forEach(([name, fn]) => window.addEventListener(name, fn));
    return () => Object.entries(heard).forEach(([name, fn]) => window.removeEventListener(name, fn));
  });

  function put(text) {
    box.current.value = text;
    fit();
  }

  // Behind what stands there already.
  function insert(text) {
    const begun = box.current.value;
    put(`${begun}${begun && !/\s$/.test(begun) ? " " : ""}${text}`);
    changed();
    box.current.focus();
  }

  function fit() {
    box.current.style.height = "auto";
    box.current.style.height = `${Math.min(box.current.scrollHeight, window.innerHeight * 0.4)}px`;
  }

  function changed() {
    if (!edit) saveText(owner, box.current.value);
    window.dispatchEvent(new CustomEvent("hearth:typing", { detail: { empty: !box.current.value } }));
    setProblem("");
    fit();
    suggestions.look();
  }

  function answer(message) {
    setReply(message);
    saveReply(owner, message);
  }

  function toBox() {
    if (byMouse()) box.current.focus(); // a phone would raise its keyboard over what was just chosen
  }

  function beginEditing({ id, text }) {
    if (!edit) laidAside.current = box.current.value;
    setEdit({ id, text });
    setProblem("");
    setAsSoonAsReady(false);
    suggestions.close();
    put(text);
    box.current.focus();
    box.current.setSelectionRange(text.length, text.length);
  }

  function stopEditing() {
    if (!edit) return;
    setEdit(null);
    setProblem("");
    suggestions.close();
    put(laidAside.current);
  }

  function unusable(text) {
    const length = [...text].length;
    if (length > limit) {
      return words.too_long.replace("{length}", length.toLocaleString()).replace("{limit}", limit.toLocaleString());
    }
    return hasControls(text) ? words.controls : "";
  }

  // `again`: what followed is answered anew, also where the words stay the same.
  async function keepEdit(text, { again = false } = {}) {
    const { id, text: before } = edit;
    const hasFiles = roomStore()?.rowOf(id)?.files?.length > 0;
    if (text === before && !again) stopEditing();
    else if (!text.trim() && !hasFiles) setProblem(words.edit_empty);
    else if (!saving) {
      setSaving(true);
      const path = `/api/rooms/${room}/messages/${id}`;
      const wrong = await (again ? told("POST", `${path}/resend`, { text }, words) : told("PATCH", path, { text }, words));
      setSaving(false);
      if (here.current.owner !== owner || here.current.editing !== id) return; // they went on to something else
      if (wrong) setProblem(wrong);
      else stopEditing();
    }
  }

  function resend() {
    const text = box.current.value.replace(/\r\n?/g, "\n");
    const wrong = unusable(text);
    if (wrong) setProblem(wrong);
    else keepEdit(text, { again: true });
  }

  async function obey({ name, rest }) {
    const found = commandOf(name);
    if (!found) {
      setProblem(words.command_unknown.replace("{name}", () => name));
      return;
    }
    const said = box.current.value;
    put("");
    changed();
    const given = { rest, room, ais, words, say, help: () => setAbove("help"), prompts: () => setAbove("prompts") };
    const wrong = await (async () => found.run(given))().catch(() => words.offline);
    if (!wrong || here.current.owner !== owner) return;
    if (!box.current.value) put(said);
    setProblem(wrong);
  }

  function send() {
    const text = box.current.value.replace(/\r\n?/g, "\n");
    const wrong = unusable(text);
    const said = !edit && tray.entries.length === 0 ? command(text.trim()) : null;
    if (wrong) setProblem(wrong);
    else if (edit) keepEdit(text);
    else if (!roomStore()) setAsSoonAsReady(Boolean(text.trim() || tray.entries.length));
    else if (said) obey(said);
    else if (tray.failed) setProblem(words.files_failed);
    else if (!tray.ready) setAsSoonAsReady(true);
    else if (text.trim() || tray.entries.length) say(text);
  }

  function say(text) {
    const store = roomStore();
    if (!store) return words.unexpected; // the room has not answered yet: the text stays in the box
    store.send(spoken(text), { reply, files: tray.views, config });
    answer(null);
    setConfig(null);
    tray.empty();
    put("");
    changed();
    return "";
  }

  function addFiles(files) {
    if (edit) {
      setProblem(words.edit_no_files);
      return;
    }
    setProblem(tray.add(files) > 0 ? words.files_many : "");
    toBox();
  }

  function dropMeant() {
    if (edit) stopEditing();
    else answer(null);
    box.current.focus();
  }

  function closeAbove() {
    setAbove("");
    box.current.focus();
  }

  function keepConfig(next) {
    setConfig(next);
    closeAbove();
  }

  // The nearest thing that may be given up; whether there was one.
  function giveUp() {
    if (above) setAbove("");
    else if (asSoonAsReady) setAsSoonAsReady(false);
    else if (edit) stopEditing();
    else if (reply) answer(null);
    else return false;
    return true;
  }

  function onKeyDown(event) {
    keys.current = { shift: event.shiftKey, control: event.ctrlKey || event.metaKey };
    if (suggestions.steer(event) || event.nativeEvent.isComposing) return;
    if (event.key === "Escape" && giveUp()) event.preventDefault();
    const own = event.key === "ArrowUp" && !box.current.value && !edit && roomStore()?.lastOwn();
    if (own) {
      event.preventDefault();
      beginEditing(own);
    }
    // A browser makes no input event of Ctrl+Enter.
    if (event.key === "Enter" && keys.current.control) {
      event.preventDefault();
      send();
    }
  }

  function onPaste(event) {
    const files = [...event.clipboardData.files];
    if (files.length === 0 || event.clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    addFiles(files);
  }

  useEffect(() => {
    const node = box.current;
    // React has no event of its own for the native beforeinput with its inputType.
    const onBeforeInput = (event) => {
      const breaks = event.inputType === "insertLineBreak" || event.inputType === "insertParagraph";
      const chooses = suggestions.takesEnter; // an Enter that ended a syllable is not heard as a key of its own everywhere
      if (!breaks || keys.current.shift || event.isComposing || !(chooses || sendsByEnter())) return;
      event.preventDefault();
      if (chooses) suggestions.choose(suggestions.at);
      else send();
    };
    node.enterKeyHint = sendsByEnter() ? "send" : "enter";
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
      <DropAnywhere words={words} onFiles={addFiles} />
      <Suggestions suggestions={suggestions} label={words.suggestions} />
      <Above
        open={above} commands={commands} words={words} text={edit ? "" : (box.current?.value ?? "")} onClose={closeAbove}
        config={config} onConfig={keepConfig}
        onPick={(text) => {
          closeAbove();
          insert(text);
        }}
      />
      <Meant
        edit={edit} reply={reply} words={words} onDrop={dropMeant} busy={saving}
        onResend={edit && wasAnswered(roomStore()?.view.items ?? [], edit.id) ? resend : null}
      />
      {!edit && <Once config={config} words={words} onOpen={() => setAbove("once")} onDrop={() => keepConfig(null)} />}
      {!edit && <TrayList tray={tray} words={words} onRemoved={toBox} />}
      <div className="composer-line">
        {!edit && <Attach words={words} onFiles={addFiles} toBox={toBox} mayAsk={ais?.length > 0} onOpen={setAbove} />}
        <textarea
          ref={box}
          id="composer"
          rows={1}
          aria-label={edit ? words.editing : words.label}
          aria-describedby={problem ? "composer-error" : undefined}
          aria-invalid={problem ? true : undefined}
          aria-autocomplete="list"
          aria-controls={suggestions.open ? LIST : undefined}
          aria-activedescendant={suggestions.open ? optionId(suggestions.at) : undefined}
          placeholder={words.placeholder}
          onInput={changed}
          onSelect={suggestions.look}
          onBlur={suggestions.close}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
          readOnly={saving}
        />
        <button type="submit" className="composer-send" aria-label={edit ? words.keep_edit : words.send} aria-busy={asSoonAsReady || saving}>
          <SendHorizontal size={20} aria-hidden="true" />
        </button>
      </div>
      {asSoonAsReady && <p className="composer-note" role="status">{words.when_ready}</p>}
      {problem && (
        <p id="composer-error" className="composer-error" role="alert">
          {problem}
        </p>
      )}
    </form>
  );
}
