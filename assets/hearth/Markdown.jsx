// A stretch of Markdown as the house draws it: no HTML of others, no pictures from elsewhere, links that show where they
// lead. Formulas and diagrams bring their programs along when somebody wrote one.
import { lazy, memo, Suspense, useMemo, useState } from "react";
import ReactMarkdown from "react-markdown";
import { Link as Way } from "react-router";
import { PrismAsyncLight } from "react-syntax-highlighter";
import remarkCjkFriendly from "remark-cjk-friendly";
import remarkGfm from "remark-gfm";
import remarkMath from "remark-math";
import { Cite } from "$/public/hearth/Cite.jsx";
import { copyText } from "$/public/hearth/clip";
import { readyForFormulas, remarkHouse } from "$/public/hearth/marks";

const Tex = lazy(() => import("$/public/hearth/Tex.jsx"));
const Diagram = lazy(() => import("$/public/hearth/Diagram.jsx"));
const SCHEMES = ["http:", "https:", "mailto:"];
const ROOM = /^\/room\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i; // the one way on in this house that a text may show
const OWN_FONT = { style: { fontFamily: "inherit" } };
const FORMULA_MAX = 2_000; // characters

const textOf = (children) => (Array.isArray(children) ? children.map(textOf).join("") : typeof children === "string" ? children : "");

function whole(href) {
  try {
    const url = new URL(href);
    return SCHEMES.includes(url.protocol) ? url : null;
  } catch {
    return null; // not a whole address: it could only lead about in this house
  }
}

// Where a link leads, unless its text says so already.
function placeOf(url, text) {
  const place = url.protocol === "mailto:" ? url.pathname : url.host;
  const said = whole(text) ?? whole(`https://${text}`);
  const honest = url.protocol === "mailto:" ? text === place : said?.host === place && !said.username && !/\s/.test(text);
  return honest ? "" : place;
}

function Link({ href, children, node }) {
  if (ROOM.test(href ?? "")) return <Way to={href} className="room-link">{children}</Way>;
  const url = whole(href ?? "");
  if (!url) return <span className="no-link">{children}</span>;
  const said = (node?.children ?? []).map(function read(child) {
    return child.value ?? (child.children ?? []).map(read).join("");
  });
  const place = placeOf(url, said.join("").trim());
  return (
    <>
      <a href={url.href} target="_blank" rel="noopener noreferrer nofollow">
        {children}
      </a>
      {place && <span className="link-place">{place}</span>}
    </>
  );
}

// A remote picture would tell its server who reads here; its words are enough.
const Picture = ({ alt }) => <span className="no-picture">{alt}</span>;

function Formula({ text, display = false }) {
  const plain = display ? <pre className="formula-text">{text}</pre> : <code>{text}</code>;
  if (text.length > FORMULA_MAX) return plain;
  return (
    <Suspense fallback={plain}>
      <Tex text={text} display={display} />
    </Suspense>
  );
}

function Inline({ className = "", children }) {
  return className.includes("math-inline") ? <Formula text={textOf(children)} /> : <code>{children}</code>;
}

function Block({ children, words }) {
  const { className = "", children: inside } = children?.props ?? {};
  const text = textOf(inside).replace(/\n$/, "");
  if (className.includes("math-display")) return <Formula text={text} display />;
  const named = /language-([a-z][\w+#-]*)/i.exec(className)?.[1] ?? "";
  const language = named in {} ? "" : named; // the highlighter looks names up in an object: "constructor" is none
  return <Code text={text} language={language} words={words} />;
}

function Code({ text, language, words }) {
  const [drawn, setDrawn] = useState(false);
  return (
    <div className="code">
      <div className="code-head">
        <span className="code-language">{language}</span>
        <span className="code-buttons">
          {language === "mermaid" && (
            <button type="button" className="code-copy" aria-pressed={drawn} onClick={() => setDrawn(!drawn)}>
              {drawn ? words.code : words.picture}
            </button>
          )}
          <button type="button" className="code-copy" onClick={() => copyText(text)}>
            {words.copy}
          </button>
        </span>
      </div>
      {drawn ? (
        <Suspense fallback={<pre tabIndex={0}>{text}</pre>}>
          <Diagram text={text} label={words.diagram} bad={words.bad} />
        </Suspense>
      ) : (
        <PrismAsyncLight language={language} useInlineStyles={false} codeTagProps={OWN_FONT} tabIndex={0}>
          {text}
        </PrismAsyncLight>
      )}
    </div>
  );
}

// A box of a list of things to do: it shows, and is not pressed.
const task = (words) => ({ checked }) => (
  <input type="checkbox" checked={checked} disabled readOnly aria-label={checked ? words.done : words.open} />
);

// The labels change with the language alone. `looked`: something was looked up for the text; `cites`: the
// answer whose sources its numbers are, "" where they are numbers.
export const Markdown = memo(function Markdown({ text, calls, looked, cites, sourceLabel, sourceNamedLabel, sourcePageLabel, sourceGoneLabel, unsupportedLabel, copyLabel, pictureLabel, codeLabel, diagramLabel, badLabel, doneLabel, openLabel }) {
  const plugins = useMemo(() => [remarkCjkFriendly, remarkGfm, remarkMath, [remarkHouse, { calls, looked, cites: Boolean(cites) }]], [calls, looked, cites]);
  const components = useMemo(() => {
    const words = { copy: copyLabel, picture: pictureLabel, code: codeLabel, diagram: diagramLabel, bad: badLabel, done: doneLabel, open: openLabel };
    const sources = { source: sourceLabel, source_named: sourceNamedLabel, source_page: sourcePageLabel, gone: sourceGoneLabel, unsupported: unsupportedLabel };
    const cite = ({ node }) => <Cite message={cites} number={node.properties.dataNumber} words={sources} />;
    return { a: Link, img: Picture, cite, code: Inline, input: task(words), pre: ({ children }) => <Block words={words}>{children}</Block> };
  }, [cites, sourceLabel, sourceNamedLabel, sourcePageLabel, sourceGoneLabel, unsupportedLabel, copyLabel, pictureLabel, codeLabel, diagramLabel, badLabel, doneLabel, openLabel]);
  return (
    <div className="markdown">
      <ReactMarkdown remarkPlugins={plugins} components={components} urlTransform={(url) => url}>
        {readyForFormulas(text)}
      </ReactMarkdown>
    </div>
  );
});
