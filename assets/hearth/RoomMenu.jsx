// What one may do with a room as a whole: what one is told of it, leaving it, and for its owner closing it. What others
// feel is asked about first; what can be taken back says so afterwards.
import { useState } from "react";
import { DropdownMenu } from "@radix-ui/themes";
import { EllipsisVertical } from "lucide-react";
import { AskFirst } from "./AskFirst.jsx";
import { choose } from "./choices.js";
import { leaveNote, note, takeLeft } from "./notes.js";
import { useAct } from "./rest.js";
import { isAhead, moment } from "./time.js";
import { useLocale } from "./locale";

const LEVELS = ["all", "mentions", "none"];
const MORNING = 8; // o'clock, when "until tomorrow" ends

function minutesToMorning() {
  const morning = new Date();
  morning.setDate(morning.getDate() + 1);
  morning.setHours(MORNING, 0, 0, 0);
  return Math.round((morning - Date.now()) / 60_000);
}

function Notices({ room, words, onSeat }) {
  const locale = useLocale();
  const quiet = isAhead(room.quiet_until);
  return (
    <>
      <DropdownMenu.Label>{words.notices}</DropdownMenu.Label>
      <DropdownMenu.RadioGroup value={room.notify} onValueChange={(notify) => onSeat({ notify })}>
        {LEVELS.map((level) => (
          <DropdownMenu.RadioItem key={level} value={level}>{words[`notify_${level}`]}</DropdownMenu.RadioItem>
        ))}
      </DropdownMenu.RadioGroup>
      {quiet ? (
        <DropdownMenu.Item onSelect={() => onSeat({ quiet_minutes: 0 })}>
          {words.unquiet.replace("{time}", moment(room.quiet_until, locale))}
        </DropdownMenu.Item>
      ) : (
        <DropdownMenu.Sub>
          <DropdownMenu.SubTrigger>{words.quiet}</DropdownMenu.SubTrigger>
          <DropdownMenu.SubContent className="menu-list">
            <DropdownMenu.Item onSelect={() => onSeat({ quiet_minutes: 60 })}>{words.quiet_1h}</DropdownMenu.Item>
            <DropdownMenu.Item onSelect={() => onSeat({ quiet_minutes: 480 })}>{words.quiet_8h}</DropdownMenu.Item>
            <DropdownMenu.Item onSelect={() => onSeat({ quiet_minutes: minutesToMorning() })}>{words.quiet_tomorrow}</DropdownMenu.Item>
          </DropdownMenu.SubContent>
        </DropdownMenu.Sub>
      )}
    </>
  );
}

export function RoomMenu({ room, name, may, admin, words, onDone }) {
  const [problem, busy, act] = useAct(words);
  const [question, setQuestion] = useState(null);
  const address = `/api/rooms/${room.id}`;
  const mine = may[room.role] ?? [];
  const owns = mine.includes("own");
  const direct = room.kind === "direct";

  async function seat(wish) {
    const said = await act("PATCH", `${address}/seat`, wish);
    if (!said) note(words.not_done, { bad: true });
    onDone?.();
  }

  async function archive(method) {
    if (await act(method, `${address}/archive`, {})) setQuestion(null);
    onDone?.();
  }

  // The house shows this page out before its answer is here: what is to be said in the lobby is left there first.
  async function go(action, said, undo = null) {
    leaveNote(said.replace("{room}", name), { undo });
    if (await act("DELETE", action)) location.assign("/");
    else takeLeft();
  }

  const leave = () => go(`${address}/people/me`, words.left);

  const remove = () =>
    go(address, words.deleted, { label: words.take_back, method: "POST", action: `${address}/restore`, next: `/room/${room.id}` });

  const ask = (what, onYes, gentle = false) =>
    setQuestion({ title: words[`${what}_title`].replace("{room}", name), lead: words[`${what}_lead`], go: words[what], onYes, gentle });

  return (
    <>
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger>
          <button type="button" className="icon-button" aria-label={words.menu} title={words.menu}><EllipsisVertical /></button>
        </DropdownMenu.Trigger>
        <DropdownMenu.Content className="menu-list" align="end">
          {!direct && mine.includes("invite") && !room.archived && (
            <DropdownMenu.Item onSelect={() => choose("dialog", "invite")}>{words.invite}</DropdownMenu.Item>
          )}
          <DropdownMenu.Item onSelect={() => choose("panel", "settings")}>{words.settings}</DropdownMenu.Item>
          <DropdownMenu.Item onSelect={() => seat({ favourite: !room.favourite })}>{room.favourite ? words.unstar : words.star}</DropdownMenu.Item>
          <DropdownMenu.Separator />
          <Notices room={room} words={words} onSeat={seat} />
          {!direct && <DropdownMenu.Separator />}
          {owns && !direct && !room.living && (room.archived ? (
            <DropdownMenu.Item onSelect={() => archive("DELETE")}>{words.unarchive}</DropdownMenu.Item>
          ) : (
            <DropdownMenu.Item onSelect={() => ask("archive", () => archive("PUT"), true)}>{words.archive}</DropdownMenu.Item>
          ))}
          {!direct && <DropdownMenu.Item onSelect={() => ask("leave", leave)}>{words.leave}</DropdownMenu.Item>}
          {(owns || (admin && room.kind === "open")) && !direct && !room.living && (
            <DropdownMenu.Item className="danger" onSelect={() => ask("delete", remove)}>{words.delete}</DropdownMenu.Item>
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Root>
      <AskFirst
        question={question} words={words} busy={busy} problem={problem}
        onYes={() => question.onYes()} onClose={() => setQuestion(null)}
      />
    </>
  );
}
