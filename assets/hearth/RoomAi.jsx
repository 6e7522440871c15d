// Who of the AIs sits in a room, who else may be asked to, and when they speak. The panel's part; the house decides who
// may change it. Asked for anew when the room tells that it changed.
import { useEffect, useState } from "react";
import { DropdownMenu } from "@radix-ui/themes";
import { MoreHorizontal } from "lucide-react";
import { Link } from "react-router";
import { AskFirst } from "./AskFirst.jsx";
import { PersonaFace } from "./Face.jsx";
import { useLocale } from "./locale";
import { nameOf, named } from "./persona_names.js";
import { useAct, useAsked } from "./rest.js";
import { onSignal } from "./signals.js";

const TEMPERS = ["quiet", "asked", "joins_in"];

function Persona({ persona, more, children }) {
  const name = nameOf(persona, useLocale());
  return (
    <li className={`person look-${persona.look}`} data-persona={persona.id}>
      <PersonaFace person={persona.id} name={name} avatar={persona.avatar} look={persona.look} />
      <span className="person-words">
        <span className="person-name ai-name">{name}</span>
        {persona.about && <span className="muted">{persona.about}</span>}
        {more && <span className="muted">{more}</span>}
      </span>
      {children}
    </li>
  );
}

function SeatMenu({ persona, mayKeep, words, onHear, onSendAway }) {
  const name = nameOf(persona, useLocale());
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger>
        <button type="button" className="icon-button" aria-label={named(words.menu_of, name)}><MoreHorizontal /></button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Content className="menu-list" align="end">
        {mayKeep && (
          <DropdownMenu.Item onSelect={onHear}>{persona.hears_all ? words.hear_from_now : words.hear_all}</DropdownMenu.Item>
        )}
        <DropdownMenu.Item className="danger" onSelect={onSendAway}>{words.send_away}</DropdownMenu.Item>
      </DropdownMenu.Content>
    </DropdownMenu.Root>
  );
}

function Temper({ temper, maySet, busy, words, onChoose }) {
  if (!maySet)
    return (
      <p>
        <span className="field-label">{words[`temper_${temper}`]}</span>
        <span className="muted temper-lead">{words[`temper_${temper}_lead`]}</span>
      </p>
    );
  return (
    <div className="kinds tempers" role="radiogroup" aria-label={words.temper} aria-busy={busy}>
      {TEMPERS.map((each) => (
        <label key={each} className="kind">
          <input type="radio" name="temper" value={each} checked={temper === each} onChange={() => onChoose(each)} />
          <span>
            <span className="kind-name">{words[`temper_${each}`]}</span>
            <span className="muted">{words[`temper_${each}_lead`]}</span>
          </span>
        </label>
      ))}
    </div>
  );
}

// Those of the reader's and of the house's that do not sit here yet.
function Others({ seated, busy, words, onSeat }) {
  const [{ data, problem }] = useAsked("/api/personas", words);
  const [hearsAll, setHearsAll] = useState(true);
  const locale = useLocale();
  const here = new Set(seated.map(({ id }) => id));
  const others = (data ?? []).filter(({ id }) => !here.has(id));
  if (problem) return <p className="form-error" role="alert">{problem}</p>;
  if (data && !others.length) return <p className="muted">{words.no_others}</p>;
  return (
    <>
      <p className="muted" id="ai-hears">{words.hears}</p>
      <div className="choices" role="group" aria-labelledby="ai-hears">
        {[true, false].map((all) => (
          <button key={String(all)} type="button" aria-pressed={hearsAll === all} onClick={() => setHearsAll(all)}>
            {all ? words.hears_all : words.hears_from_now}
          </button>
        ))}
      </div>
      <ul role="list">
        {others.map((persona) => (
          <Persona key={persona.id} persona={persona}>
            <button
              type="button" className="button" aria-busy={busy} aria-label={named(words.seat_of, nameOf(persona, locale))}
              onClick={() => onSeat(persona, hearsAll)}
            >
              {words.seat}
            </button>
          </Persona>
        ))}
      </ul>
    </>
  );
}

// What the reader's role lets them do: `mayKeep` who sits here, `maySet` when they speak.
export function RoomAi({ room, temper, speaks, mayKeep, maySet, words, onChanged }) {
  const [{ data: seated, problem }, again] = useAsked(room && `/api/rooms/${room}/ai`, words);
  const [refused, busy, act] = useAct(words);
  const [question, setQuestion] = useState(null);
  const [wanted, setWanted] = useState(""); // the temper that is being asked for
  const locale = useLocale();
  useEffect(() => onSignal("room", again), [again]);
  useEffect(() => setWanted(""), [temper]);

  async function go(method, address, body) {
    const done = await act(method, `/api/rooms/${room}${address}`, body);
    if (done) setQuestion(null);
    again();
    return done;
  }

  async function choose(next) {
    setWanted(next);
    if (await go("PUT", "/temper", { temper: next })) onChanged?.();
    else setWanted("");
  }

  const seat = (persona, hears_all) => go("PUT", `/ai/${persona.id}`, { hears_all });
  const sendAway = (persona) =>
    setQuestion({ persona, title: named(words.send_away_title, nameOf(persona, locale)), lead: words.send_away_lead, go: words.send_away });

  return (
    <section className="people room-ai">
      {(refused || problem) && !question && <p className="form-error" role="alert">{refused || problem}</p>}
      {!speaks && <p className="muted" role="note">{words.off}</p>}
      <h3 className="field-label">{words.seated}</h3>
      {seated?.length === 0 && <p className="muted">{mayKeep ? words.nobody : words.nobody_here}</p>}
      <ul role="list">
        {(seated ?? []).map((persona) => (
          <Persona key={persona.id} persona={persona} more={persona.hears_all ? "" : words.hears_part}>
            {(mayKeep || persona.own) && (
              <SeatMenu
                persona={persona} words={words} mayKeep={mayKeep}
                onHear={() => seat(persona, !persona.hears_all)} onSendAway={() => sendAway(persona)}
              />
            )}
          </Persona>
        ))}
      </ul>
      <h3 className="field-label">{words.temper}</h3>
      <Temper temper={wanted || temper} maySet={maySet} busy={busy} words={words} onChoose={choose} />
      {mayKeep && (
        <>
          <h3 className="field-label">{words.others}</h3>
          {seated && <Others seated={seated} busy={busy} words={words} onSeat={seat} />}
        </>
      )}
      <Link to="/personas" className="button">{words.to_personas}</Link>
      <AskFirst
        question={question} words={words} busy={busy} problem={refused}
        onYes={() => go("DELETE", `/ai/${question.persona.id}`)} onClose={() => setQuestion(null)}
      />
    </section>
  );
}
