// What was used: a bar for each of the last days, drawn of plain elements with their figures in words, and tables by
// model, room, person and day, as far as the answer has them.
import { useId, useState } from "react";
import { useAsked } from "./rest.js";
import { useLocale } from "./locale";

const DAY_MS = 86_400_000;
const MICRO = 1e6;
const TAGS = { ko: "ko-KR", en: "en-US" };

const tokensOf = (line) => line.prompt_tokens + line.output_tokens;
const day = (iso, locale) =>
  new Intl.DateTimeFormat(TAGS[locale], { month: "short", day: "numeric", timeZone: "UTC" }).format(new Date(iso));

// every day of the stretch, also those on which nothing was used
function stretch({ since, until, days }) {
  const known = new Map(days.map((line) => [line.id, line]));
  const all = [];
  for (let at = Date.parse(since); at <= Date.parse(until); at += DAY_MS) {
    const id = new Date(at).toISOString().slice(0, 10);
    all.push(known.get(id) ?? { id, answers: 0, prompt_tokens: 0, output_tokens: 0 });
  }
  return all;
}

function Bars({ report, words, locale, count }) {
  const id = useId();
  const days = stretch(report);
  const most = Math.max(...days.map(tokensOf));
  const told = (line) => {
    const words_of = line.answers ? words.day : words.day_none;
    return words_of.replace("{day}", day(line.id, locale)).replace("{tokens}", count(tokensOf(line))).replace("{answers}", count(line.answers));
  };
  return (
    <div>
      <p className="field-label" id={id}>{words.days}</p>
      <ol className="use-days" role="list" aria-labelledby={id}>
        {days.map((line) => (
          <li key={line.id} title={told(line)}>
            <span className="visually-hidden">{told(line)}</span>
            <span className="use-bar" aria-hidden="true" style={{ height: `${(100 * tokensOf(line)) / most}%` }} />
          </li>
        ))}
      </ol>
      <p className="use-ends muted" aria-hidden="true">
        <span>{day(days[0].id, locale)}</span>
        <span>{day(days.at(-1).id, locale)}</span>
      </p>
      <p className="muted">{words.most.replace("{tokens}", count(most))}</p>
    </div>
  );
}

function Table({ lines, title, head, words, name, count }) {
  if (lines.length === 0) return null;
  const priced = lines.some((line) => line.price_micro > 0);
  return (
    <table className="use-table">
      <caption className="field-label">{title}</caption>
      <thead>
        <tr>
          <th scope="col">{head}</th>
          <th scope="col">{words.answers}</th>
          <th scope="col">{words.tokens}</th>
          <th scope="col">{words.seconds}</th>
          {priced && <th scope="col">{words.price}</th>}
        </tr>
      </thead>
      <tbody>
        {lines.map((line, index) => (
          <tr key={line.id || index}>
            <th scope="row">{name(line)}</th>
            <td>{count(line.answers)}</td>
            <td>{count(tokensOf(line))}</td>
            <td>{count(Math.round(line.cpu_ms / 1000))}</td>
            {priced && <td>{count(line.price_micro / MICRO)}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

// Whose use is shown, where that of several people is.
function Whose({ people, person, words, name, onChoose }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{words.whose}</label>
      <select id={id} value={person} onChange={(event) => onChoose(event.target.value)}>
        <option value="">{words.everybody}</option>
        {people.filter((line) => line.id).map((line) => <option key={line.id} value={line.id}>{name(line)}</option>)}
      </select>
    </div>
  );
}

export function Use({ path, words }) {
  const locale = useLocale();
  const [person, setPerson] = useState("");
  const [{ data, problem }] = useAsked(person ? `${path}?person=${person}` : path, words);
  if (problem) return <p className="form-error" role="alert">{problem}</p>;
  if (!data) return <p className="use" aria-busy="true" />;
  if (!data.total.answers) return <p className="muted">{words.none}</p>;

  const count = (value) => new Intl.NumberFormat(TAGS[locale], { maximumFractionDigits: 4 }).format(value);
  const shared = { words, count };
  const named = (line) => (locale === "ko" ? line.name_ko : line.name_en) || words.gone;
  return (
    <div className="use">
      {data.people.length > 0 && <Whose people={data.people} person={person} words={words} name={named} onChoose={setPerson} />}
      <Bars report={data} locale={locale} {...shared} />
      <Table lines={person ? [] : data.people} title={words.people} head={words.name_person} name={named} {...shared} />
      <Table lines={data.models} title={words.models} head={words.name_model} name={(line) => line.id || words.unknown} {...shared} />
      <Table lines={data.rooms} title={words.rooms} head={words.name_room} name={named} {...shared} />
      {data.people.length > 0 && (
        <Table lines={data.days} title={words.by_day} head={words.name_day} name={(line) => day(line.id, locale)} {...shared} />
      )}
    </div>
  );
}
