// What one may do with a document and with a collection: menus, a name, another place, and a question before something goes.
import { useId, useState } from "react";
import { DropdownMenu } from "@radix-ui/themes";
import { BookOpenText, CircleStop, Download, FolderInput, FolderMinus, MoreHorizontal, Pencil, RotateCcw, Trash2 } from "lucide-react";
import { useNavigate } from "react-router";
import { AskFirst } from "./AskFirst.jsx";
import { FormDialog, NameDialog } from "./FormDialog.jsx";
import { isUnderWay } from "./library.js";
import { useLocale } from "./locale";
import { note } from "./notes.js";

// What a shelf answered, in words; "" when it was done.
export const told = (problem, words) => ({ offline: words.offline, unexpected: words.unexpected })[problem] ?? problem;

const formWords = ({ name, keep, dismiss }) => ({ name, keep, cancel: dismiss });

// One thing at a time: [what went wrong last, whether it is under way, do it].
function useDoing(words) {
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  async function doing(act) {
    setBusy(true);
    const said = told(await act(), words);
    setProblem(said);
    setBusy(false);
    return !said;
  }
  return [problem, busy, doing, () => setProblem("")];
}

async function again(shelf, id, how, words, done = "") {
  const said = told(await shelf.again(id, how), words);
  if (said) note(said, { bad: true });
  else if (done) note(done);
}

// What is cited of it is looked for in what comes of that; nothing is asked before.
export const readAgain = (shelf, id, words) => again(shelf, id, "reindex", words, words.reindexed);

// A name for something. `onKeep` answers as a shelf does.
export function Naming({ words, onKeep, onClose, ...more }) {
  const [problem, busy, doing] = useDoing(words);
  const keep = async (name) => (await doing(() => onKeep(name))) && onClose();
  return <NameDialog words={formWords(words)} busy={busy} problem={problem} onKeep={keep} onClose={onClose} {...more} />;
}

// Into another collection, and for who brought it into another of their libraries.
function Moving({ document, collections, rooms, words, onMove, onClose }) {
  const id = useId();
  const locale = useLocale();
  const [to, setTo] = useState(document.collection || "");
  const [room, setRoom] = useState(document.room);
  const [problem, busy, doing] = useDoing(words);
  const here = room === document.room;
  const places = here && collections.length ? [{ id: "", name: words.loose }, ...collections] : [];

  async function move() {
    if (await doing(() => onMove(here ? { collection: to } : { room, collection: "" }))) onClose(here ? "" : "gone");
  }

  return (
    <FormDialog title={words.move} words={formWords(words)} busy={busy} problem={problem} onKeep={move} onClose={onClose}>
      {document.mine && (
        <div className="field">
          <label htmlFor={id}>{words.move_to}</label>
          <select id={id} value={room} onChange={(event) => setRoom(event.target.value)}>
            <option value="">{words.shelf}</option>
            {document.room && rooms.every((one) => one.id !== document.room) && <option value={document.room}>{words.here}</option>}
            {rooms.map((one) => <option key={one.id} value={one.id}>{locale === "ko" ? one.name_ko : one.name_en}</option>)}
          </select>
        </div>
      )}
      {places.length > 0 && (
        <fieldset className="move-places">
          <legend className="field-label">{words.collections}</legend>
          {places.map((one) => (
            <label key={one.id} className="check">
              <input type="radio" name={`${id}-to`} checked={to === one.id} onChange={() => setTo(one.id)} /> {one.name}
            </label>
          ))}
        </fieldset>
      )}
    </FormDialog>
  );
}

function Item({ icon: Icon, onSelect, children, ...more }) {
  return <DropdownMenu.Item onSelect={onSelect} {...more}><Icon size={18} aria-hidden="true" />{children}</DropdownMenu.Item>;
}

// `onGone`: what else is to happen when it was removed.
export function DocumentMenu({ document, view, shelf, rooms, words, onGone }) {
  const [open, setOpen] = useState(""); // "rename", "move", "remove"
  const [problem, busy, doing, forget] = useDoing(words);
  const navigate = useNavigate();
  const { id, name, status, may_change: mayChange } = document;
  const readable = status === "ready" || status === "embedding";
  const close = () => {
    setOpen("");
    forget();
  };

  async function remove() {
    if (!(await doing(() => shelf.remove(id)))) return;
    close();
    note(words.removed.replace("{name}", name));
    onGone?.();
  }

  function moved(how) {
    close();
    if (how !== "gone") return;
    note(words.moved.replace("{name}", name));
    onGone?.();
  }

  function download() {
    const link = window.document.createElement("a");
    Object.assign(link, { href: `/api/documents/${id}/file`, download: name });
    link.click();
  }

  return (
    <>
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger>
          <button type="button" className="icon-button" aria-label={words.menu.replace("{name}", name)}><MoreHorizontal /></button>
        </DropdownMenu.Trigger>
        <DropdownMenu.Content className="menu-list" align="end">
          {readable && !onGone && <Item icon={BookOpenText} onSelect={() => navigate(`/document/${id}`)}>{words.open}</Item>}
          <Item icon={Download} onSelect={download}>{words.download}</Item>
          {mayChange && (
            <>
              <DropdownMenu.Separator />
              <Item icon={Pencil} onSelect={() => setOpen("rename")}>{words.rename}</Item>
              {(document.mine || view.collections.length > 0) && <Item icon={FolderInput} onSelect={() => setOpen("move")}>{words.move}</Item>}
              {isUnderWay(document) && status !== "embedding" && <Item icon={CircleStop} onSelect={() => again(shelf, id, "cancel", words)}>{words.cancel}</Item>}
              {["failed", "cancelled"].includes(status) && <Item icon={RotateCcw} onSelect={() => again(shelf, id, "retry", words)}>{words.retry}</Item>}
              {status === "ready" && <Item icon={RotateCcw} onSelect={() => readAgain(shelf, id, words)}>{words.reindex}</Item>}
              <DropdownMenu.Separator />
              <Item icon={Trash2} className="danger" onSelect={() => setOpen("remove")}>{words.remove}</Item>
            </>
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Root>
      {open === "rename" && (
        <Naming title={words.rename} lead={words.rename_lead} name={name} words={words} onKeep={(next) => shelf.change(id, { name: next })} onClose={close} />
      )}
      {open === "move" && (
        <Moving
          document={document} collections={view.collections} rooms={rooms} words={words} onMove={(to) => shelf.change(id, to)} onClose={moved}
        />
      )}
      <AskFirst
        question={open === "remove" ? { title: words.remove_title, lead: words.remove_lead.replace("{name}", name), go: words.remove } : null}
        words={{ cancel: words.dismiss }} busy={busy} problem={problem} onYes={remove} onClose={close}
      />
    </>
  );
}

export function CollectionMenu({ collection, shelf, words, onGone }) {
  const [open, setOpen] = useState(""); // "rename", "scatter"
  const [problem, busy, doing] = useDoing(words);
  const { id, name } = collection;

  async function scatter() {
    if (!(await doing(() => shelf.scatter(id)))) return;
    setOpen("");
    onGone();
  }

  return (
    <>
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger>
          <button type="button" className="find-chip" aria-label={words.collection_menu.replace("{name}", name)}><MoreHorizontal size={16} aria-hidden="true" /></button>
        </DropdownMenu.Trigger>
        <DropdownMenu.Content className="menu-list" align="start">
          <Item icon={Pencil} onSelect={() => setOpen("rename")}>{words.rename}</Item>
          <Item icon={FolderMinus} onSelect={() => setOpen("scatter")}>{words.scatter}</Item>
        </DropdownMenu.Content>
      </DropdownMenu.Root>
      {open === "rename" && (
        <Naming title={words.rename} lead={words.gather_lead} name={name} words={words} onKeep={(next) => shelf.renameCollection(id, next)} onClose={() => setOpen("")} />
      )}
      <AskFirst
        question={open === "scatter" ? { title: words.scatter_title, lead: words.scatter_lead, go: words.scatter, gentle: true } : null}
        words={{ cancel: words.dismiss }} busy={busy} problem={problem} onYes={scatter} onClose={() => setOpen("")}
      />
    </>
  );
}
