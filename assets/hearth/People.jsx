// Who sits in a room, and what one may do for each of them: the menu offers what the reader's role allows, the house
// decides. The list is asked for anew when the room tells that it changed.
import { useEffect, useState } from "react";
import { DropdownMenu } from "@radix-ui/themes";
import { MoreHorizontal, UserPlus } from "lucide-react";
import { useNavigate } from "react-router";
import { AskFirst } from "./AskFirst.jsx";
import { Face } from "./Face.jsx";
import { ago } from "./time.js";
import { choose } from "./choices.js";
import { useLocale } from "./locale";
import { usePeople } from "./people.js";
import { useAct, useAsked } from "./rest.js";
import { onSignal } from "./signals.js";

const SILENCES = [["hush_10m", 10], ["hush_1h", 60], ["hush_1d", 1440]];
const named = (words, name) => words.replaceAll("{name}", name);

function Menu({ person, mine, ranks, words, onDo, onAsk }) {
  const above = ranks.indexOf(mine.role) > ranks.indexOf(person.role);
  const orders = mine.may.includes("keep_order") && above;
  const owns = mine.may.includes("own");
  const roles = ranks.filter((role) => role !== "owner" && role !== person.role);
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger>
        <button type="button" className="icon-button" aria-label={named(words.menu_of, person.name)}><MoreHorizontal /></button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Content className="menu-list" align="end">
        <DropdownMenu.Item onSelect={() => onDo("direct")}>{words.direct}</DropdownMenu.Item>
        {owns && (
          <DropdownMenu.Sub>
            <DropdownMenu.SubTrigger>{words.role}</DropdownMenu.SubTrigger>
            <DropdownMenu.SubContent className="menu-list">
              {roles.map((role) => (
                <DropdownMenu.Item key={role} onSelect={() => onDo("role", { role })}>{words[`role_${role}`]}</DropdownMenu.Item>
              ))}
              <DropdownMenu.Separator />
              <DropdownMenu.Item onSelect={() => onAsk("hand_over")}>{words.hand_over}</DropdownMenu.Item>
            </DropdownMenu.SubContent>
          </DropdownMenu.Sub>
        )}
        {orders && (
          <>
            <DropdownMenu.Separator />
            {person.silenced ? (
              <DropdownMenu.Item onSelect={() => onDo("unhush")}>{words.unhush}</DropdownMenu.Item>
            ) : (
              <DropdownMenu.Sub>
                <DropdownMenu.SubTrigger>{words.hush}</DropdownMenu.SubTrigger>
                <DropdownMenu.SubContent className="menu-list">
                  {SILENCES.map(([key, minutes]) => (
                    <DropdownMenu.Item key={key} onSelect={() => onDo("hush", { minutes })}>{words[key]}</DropdownMenu.Item>
                  ))}
                </DropdownMenu.SubContent>
              </DropdownMenu.Sub>
            )}
            <DropdownMenu.Item onSelect={() => onAsk("remove")}>{words.remove}</DropdownMenu.Item>
            <DropdownMenu.Item className="danger" onSelect={() => onAsk("ban")}>{words.ban}</DropdownMenu.Item>
          </>
        )}
      </DropdownMenu.Content>
    </DropdownMenu.Root>
  );
}

function Line({ person, here, home, me, children, words }) {
  const locale = useLocale();
  const seen = home ? words.home : person.last_seen ? words.seen.replace("{ago}", ago(person.last_seen, locale)) : "";
  return (
    <li className="person">
      <Face person={person.id} name={person.name} avatar={person.avatar} here={here || home} />
      <span className="person-words">
        <span className="person-name">
          {person.name}
          {person.id === me && <span className="muted"> {words.me}</span>}
        </span>
        <span className="muted">
          {[words[`role_${person.role}`], here ? words.here : seen, person.silenced ? words.hushed : ""].filter(Boolean).join(" · ")}
        </span>
      </span>
      {children}
    </li>
  );
}

// method, address behind the room's, and what is sent
const ACTS = {
  role: (person, { role }) => ["PATCH", `/people/${person}`, { role }],
  hand_over: (person) => ["PATCH", `/people/${person}`, { role: "owner" }],
  hush: (person, { minutes }) => ["PUT", `/people/${person}/silence`, { minutes }],
  unhush: (person) => ["DELETE", `/people/${person}/silence`],
  remove: (person) => ["DELETE", `/people/${person}`],
  ban: (person) => ["PUT", `/people/${person}/ban`, {}],
  unban: (person) => ["DELETE", `/people/${person}/ban`],
};

function Banned({ room, words, turn, onFree }) {
  const [{ data }, again] = useAsked(`/api/rooms/${room}/bans`, words);
  useEffect(again, [turn]);
  if (!data?.length) return null;
  return (
    <details className="panel-more">
      <summary>{words.banned.replace("{count}", data.length)}</summary>
      <ul role="list">
        {data.map((person) => (
          <li className="person" key={person.id}>
            <Face person={person.id} name={person.name} avatar={person.avatar} />
            <span className="person-words"><span className="person-name">{person.name}</span></span>
            <button type="button" className="button" onClick={() => onFree(person)}>{words.unban}</button>
          </li>
        ))}
      </ul>
    </details>
  );
}

export function People({ room, kind, me, role, may, ranks, words }) {
  const [{ data, problem }, again] = useAsked(room && `/api/rooms/${room}/people`, words);
  const [refused, busy, act] = useAct(words);
  const [question, setQuestion] = useState(null);
  const [turn, setTurn] = useState(0);
  const navigate = useNavigate();
  const around = usePeople();
  const here = new Set(around.filter((person) => person.here).map((person) => person.id));
  const home = new Set(around.filter((person) => person.home).map((person) => person.id));
  const mine = { role, may: may[role] ?? [] };

  const look = () => {
    again();
    setTurn((count) => count + 1);
  };
  useEffect(() => onSignal("room", look), [room]);

  async function go(what, person, given = {}) {
    if (what === "direct") {
      const said = await act("POST", "/api/rooms/direct", { user_id: person.id });
      if (said) navigate(`/room/${said.id}`);
      return;
    }
    const [method, address, body] = ACTS[what](person.id, given);
    if (await act(method, `/api/rooms/${room}${address}`, body)) {
      setQuestion(null);
      look();
    }
  }

  function askFirst(what, person) {
    const { name } = person;
    setQuestion({ what, person, title: named(words[`${what}_title`], name), lead: named(words[`${what}_lead`], name), go: words[what], gentle: what === "hand_over" });
  }

  const people = [...(data ?? [])].sort(
    (one, other) => here.has(other.id) - here.has(one.id) || ranks.indexOf(other.role) - ranks.indexOf(one.role) || one.name.localeCompare(other.name),
  );
  return (
    <section className="people">
      {mine.may.includes("invite") && kind !== "direct" && (
        <button type="button" className="button main wide" onClick={() => choose("dialog", "invite")}>
          <UserPlus size={18} /> {words.invite}
        </button>
      )}
      {(refused || problem) && !question && <p className="form-error" role="alert">{refused || problem}</p>}
      <ul role="list">
        {people.map((person) => (
          <Line key={person.id} person={person} here={here.has(person.id)} home={home.has(person.id)} me={me} words={words}>
            {person.id !== me && kind !== "direct" && (
              <Menu
                person={person} mine={mine} ranks={ranks} words={words}
                onDo={(what, given) => go(what, person, given)} onAsk={(what) => askFirst(what, person)}
              />
            )}
          </Line>
        ))}
      </ul>
      {mine.may.includes("keep_order") && kind !== "direct" && (
        <Banned room={room} words={words} turn={turn} onFree={(person) => go("unban", person)} />
      )}
      <AskFirst
        question={question} words={words} busy={busy} problem={refused}
        onYes={() => go(question.what, question.person)} onClose={() => setQuestion(null)}
      />
    </section>
  );
}
