// The personas that the reader may change, and those of the house, as cards; a form to make and to change one, cards
// from elsewhere as files, and letting one go. Asks the house over REST; looks again after each change.
import { useEffect, useRef, useState } from "react";
import { FileImage, FileJson, Pencil, Plus, Trash2 } from "lucide-react";
import { Link } from "react-router";
import { AskFirst } from "./AskFirst.jsx";
import { CardImport } from "./CardImport.jsx";
import { PersonaFace } from "./Face.jsx";
import { OpinionLine } from "./Opinions.jsx";
import { PersonaForm } from "./PersonaForm.jsx";
import { useLocale } from "./locale";
import { note } from "./notes.js";
import { nameOf, named } from "./persona_names.js";
import { useAct, useAsked } from "./rest.js";

const NEW = "new";
const opensForm = (id) => `persona-form-of-${id}`; // id of the button that does

function Export({ persona, name, format, icon: Icon, words }) {
  const label = named(words[`export_${format}`], name);
  return (
    <a className="button plain" href={`/api/personas/${persona.id}/card?format=${format}`} download aria-label={label} title={label}>
      <Icon size={17} aria-hidden="true" /> {format.toUpperCase()}
    </a>
  );
}

function Card({ persona, opinion, fresh, words, onEdit, onLetGo }) {
  const locale = useLocale();
  const card = useRef(null);
  const name = nameOf(persona, locale);
  const other = locale === "ko" ? persona.name_en : persona.name_ko;

  useEffect(() => {
    if (!fresh) return;
    card.current.scrollIntoView({ block: "nearest" });
    card.current.querySelector("button")?.focus({ preventScroll: true });
  }, [fresh]);

  return (
    <li ref={card} className={`persona-card look-${persona.look}${fresh ? " fresh" : ""}`} data-persona={persona.id}>
      <div className="persona-head">
        <PersonaFace person={persona.id} name={name} avatar={persona.avatar} look={persona.look} />
        <h3>
          {name}
          {other && other !== name && <span className="persona-other">{other}</span>}
        </h3>
        {persona.house && <span className="chip">{words.is_default}</span>}
      </div>
      <p className={persona.about ? "persona-about" : "persona-about muted"}>{persona.about || (persona.house ? words.house_about : words.no_about)}</p>
      {persona.greeting && <p className="persona-greeting">{persona.greeting}</p>}
      <OpinionLine opinion={opinion} words={words} />
      <div className="persona-acts">
        {persona.own && (
          <button id={opensForm(persona.id)} type="button" className="button" onClick={onEdit} aria-label={named(words.edit_of, name)}>
            <Pencil size={16} aria-hidden="true" /> {words.edit}
          </button>
        )}
        {persona.own && <Export persona={persona} name={name} format="json" icon={FileJson} words={words} />}
        {persona.own && <Export persona={persona} name={name} format="png" icon={FileImage} words={words} />}
        {persona.own && !persona.house && (
          <button type="button" className="icon-button persona-gone" aria-label={named(words.let_go_of, name)} title={named(words.let_go_of, name)} onClick={onLetGo}>
            <Trash2 aria-hidden="true" />
          </button>
        )}
      </div>
    </li>
  );
}

export function Personas({ me, guest, limits, words }) {
  const [{ data, problem }, again] = useAsked("/api/personas", words);
  const [{ data: opinions }] = useAsked(guest ? "" : "/api/personas/ratings", words);
  const [{ data: models }] = useAsked("/api/llm/models", words);
  const [refused, busy, act] = useAct(words);
  const [open, setOpen] = useState(""); // the id of the one whose form is open, NEW for another
  const [fresh, setFresh] = useState("");
  const [question, setQuestion] = useState(null);
  const locale = useLocale();
  const all = data ?? [];
  const mine = all.filter((persona) => !persona.house);
  const houses = all.filter((persona) => persona.house);

  function close() {
    setTimeout((id) => document.getElementById(id)?.focus(), 0, opensForm(open)); // the card is back by then
    setOpen("");
  }

  function kept(persona) {
    note(named(open === NEW ? words.made : words.kept, nameOf(persona, locale)));
    setFresh(persona.id);
    setOpen("");
    again();
  }

  function imported(persona) {
    note(named(words.imported, nameOf(persona, locale)));
    setFresh(persona.id);
    again();
  }

  function askFirst(persona) {
    const name = nameOf(persona, locale);
    setQuestion({ persona, title: named(words.let_go_title, name), lead: words.let_go_lead, go: words.let_go });
  }

  async function letGo() {
    if (!(await act("DELETE", `/api/personas/${question.persona.id}`))) return;
    setQuestion(null);
    again();
  }

  const spoken = (models ?? []).filter((model) => model.kind !== "remote"); // words leave the house by a room's choice alone
  const form = (persona) => (
    <PersonaForm
      key={persona?.id ?? NEW} me={me} persona={persona} limits={limits} models={spoken} words={words}
      onKept={kept} onChanged={again} onClose={close}
    />
  );
  const shown = (persona) =>
    open === persona.id ? (
      <li key={persona.id} className="persona-open">{form(persona)}</li>
    ) : (
      <Card
        key={persona.id} persona={persona} opinion={opinions?.find((one) => one.id === persona.id)} fresh={fresh === persona.id} words={words}
        onEdit={() => setOpen(persona.id)} onLetGo={() => askFirst(persona)}
      />
    );

  const begin = (
    <button id={opensForm(NEW)} type="button" className="button main" onClick={() => setOpen(NEW)}>
      <Plus size={18} aria-hidden="true" /> {words.new}
    </button>
  );
  return (
    <div className="personas">
      {problem && <p className="form-error" role="alert">{problem}</p>}
      <section aria-labelledby="personas-mine">
        <div className="personas-head">
          <h2 id="personas-mine">{words.mine}</h2>
          {open !== NEW && mine.length > 0 && begin}
        </div>
        {open === NEW && form(null)}
        {data && !guest && !mine.length && open !== NEW && <div className="personas-none"><p>{words.none}</p>{begin}</div>}
        {guest && <div className="personas-none"><p>{words.guest}</p><Link className="button" to="/settings">{words.become}</Link></div>}
        <ul className="persona-list" role="list">{mine.map(shown)}</ul>
        {!guest && <CardImport words={words} onDone={imported} />}
      </section>
      {houses.length > 0 && (
        <section aria-labelledby="personas-house">
          <h2 id="personas-house">{words.houses}</h2>
          <ul className="persona-list" role="list">{houses.map(shown)}</ul>
        </section>
      )}
      <AskFirst question={question} words={words} busy={busy} problem={refused} onYes={letGo} onClose={() => setQuestion(null)} />
    </div>
  );
}
