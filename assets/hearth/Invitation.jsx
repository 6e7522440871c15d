// The door that a link leads to: who invites into which room, and below it the way in. A link that is no good says why.
import { useLocation } from "react-router";
import { useEffect, useState } from "react";
import { useAsked } from "./rest.js";
import { useLocale } from "./locale";

export function Invitation({ words, home, children }) {
  const { pathname } = useLocation();
  const [path, setPath] = useState(""); // the page was drawn once on the build machine, at no address
  const [{ data, problem }] = useAsked(path, words);
  const korean = useLocale() === "ko";

  useEffect(() => {
    const code = location.pathname.split("/").filter(Boolean).at(-1) ?? "";
    setPath(`/api/invites/${encodeURIComponent(decodeURIComponent(code))}`);
  }, [pathname]);

  if (!data && !problem) return <div className="skeleton" aria-hidden="true" />;
  const why = problem || (data.good ? "" : words[data.ended] ?? words.void);
  if (why)
    return (
      <>
        <div className="entry-head">
          <h1>{words.no_good}</h1>
          <p className="muted" role="alert">{why}</p>
        </div>
        <div className="entry-more"><a className="button main" href="/">{home}</a></div>
      </>
    );
  const room = korean ? data.room_ko : data.room_en;
  return (
    <>
      <div className="entry-head">
        <h1>{words.title.replace("{room}", room)}</h1>
        <p className="muted">{data.by ? words.lead.replace("{name}", data.by) : words.lead_nobody}</p>
      </div>
      {children}
    </>
  );
}
