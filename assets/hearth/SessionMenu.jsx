// What one may do with a talk with an AI: its title, its end, going on with it. Ending is asked about first: others feel it.
import { useRef, useState } from "react";
import { Dialog, DropdownMenu } from "@radix-ui/themes";
import { MoreHorizontal } from "lucide-react";
import { AskFirst } from "./AskFirst.jsx";
import { useLocale } from "./locale";
import { useAct } from "./rest.js";

function Rename({ session, name, words, busy, problem, onKeep, onClose }) {
  const box = useRef(null);

  function keep(event) {
    event.preventDefault();
    onKeep(box.current.value);
  }

  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Content className="dialog">
        <Dialog.Title trim="normal" className="dialog-title">{words.rename}</Dialog.Title>
        <Dialog.Description className="muted dialog-lead">{words.rename_lead}</Dialog.Description>
        <form className="form" onSubmit={keep} noValidate>
          <div className="field">
            <label htmlFor={`title-${session}`}>{words.name}</label>
            <input ref={box} id={`title-${session}`} defaultValue={name} autoComplete="off" enterKeyHint="done" aria-invalid={problem ? "true" : undefined} />
          </div>
          {problem && <p className="form-error" role="alert">{problem}</p>}
          <div className="form-actions">
            <button type="button" className="button plain" onClick={onClose}>{words.cancel}</button>
            <button type="submit" className="button main" aria-busy={busy}>{words.keep}</button>
          </div>
        </form>
      </Dialog.Content>
    </Dialog.Root>
  );
}

// `onOpen`: opens a part of the panel; in the head of the open talk alone.
export function SessionMenu({ session, words, onDone, onOpen }) {
  const [problem, busy, act] = useAct(words);
  const [open, setOpen] = useState(""); // "rename", "end"
  const locale = useLocale();
  const name = locale === "ko" ? session.name_ko : session.name_en;
  const address = `/api/llm/sessions/${session.session_id}`;

  async function go(method, action, body = {}) {
    if (!(await act(method, `${address}${action}`, body))) return;
    setOpen("");
    onDone?.();
  }

  return (
    <>
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger>
          <button type="button" className="icon-button" aria-label={words.menu.replace("{name}", name)}><MoreHorizontal /></button>
        </DropdownMenu.Trigger>
        <DropdownMenu.Content className="menu-list" align="end">
          <DropdownMenu.Item onSelect={() => setOpen("rename")}>{words.rename}</DropdownMenu.Item>
          {onOpen && <DropdownMenu.Item onSelect={() => onOpen("library")}>{words.library}</DropdownMenu.Item>}
          {onOpen && <DropdownMenu.Item onSelect={() => onOpen("settings")}>{words.settings}</DropdownMenu.Item>}
          <DropdownMenu.Separator />
          {session.is_active ? (
            <DropdownMenu.Item onSelect={() => setOpen("end")}>{words.end}</DropdownMenu.Item>
          ) : (
            <DropdownMenu.Item onSelect={() => go("POST", "/resume")}>{words.resume}</DropdownMenu.Item>
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Root>
      {open === "rename" && (
        <Rename
          session={session.session_id} name={session.title} words={words} busy={busy} problem={problem}
          onKeep={(title) => go("PATCH", "", { title })} onClose={() => setOpen("")}
        />
      )}
      <AskFirst
        question={open === "end" ? { title: words.end_title, lead: words.end_lead, go: words.end, gentle: true } : null}
        words={words} busy={busy} problem={problem} onYes={() => go("POST", "/end")} onClose={() => setOpen("")}
      />
    </>
  );
}
