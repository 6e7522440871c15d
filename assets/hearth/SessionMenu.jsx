// What one may do with a talk with an AI: its title, its end, going on with it. Ending is asked about first: others feel it.
import { useState } from "react";
import { DropdownMenu } from "@radix-ui/themes";
import { MoreHorizontal } from "lucide-react";
import { AskFirst } from "./AskFirst.jsx";
import { NameDialog } from "./FormDialog.jsx";
import { useLocale } from "./locale";
import { useAct } from "./rest.js";

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
        <NameDialog
          title={words.rename} lead={words.rename_lead} name={session.title} words={words} busy={busy} problem={problem}
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
