// One formula. KaTeX writes the HTML, from a language without scripts; links, pictures and classes of others are off, and
// what a formula may blow up to is bounded.
import katex from "katex";
import "katex/dist/katex.min.css";
import { useMemo } from "react";

const LIMITS = { trust: false, maxExpand: 200, maxSize: 20, strict: "ignore" };

function drawn(text, displayMode) {
  try {
    return katex.renderToString(text, { ...LIMITS, displayMode, throwOnError: true });
  } catch {
    return null; // not a formula, or one too many expansions: shown as it was written
  }
}

export default function Tex({ text, display }) {
  const html = useMemo(() => drawn(text, display), [text, display]);
  if (html === null) return display ? <pre className="formula-text">{text}</pre> : <code>{text}</code>;
  const Tag = display ? "div" : "span";
  return <Tag className={display ? "formula wide" : "formula"} tabIndex={display ? 0 : undefined} dangerouslySetInnerHTML={{ __html: html }} />;
}
