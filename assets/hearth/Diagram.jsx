// A diagram that somebody wrote as text. It is drawn when the reader asks for it, and shown as a picture: in an <img> no
// script of an SVG runs and nothing is fetched, whatever the text has made of it.
import { useEffect, useState } from "react";

const SETTINGS = {
  startOnLoad: false, securityLevel: "strict", htmlLabels: false, flowchart: { htmlLabels: false },
  maxTextSize: 20_000, maxEdges: 300, suppressErrorRendering: true, fontFamily: "sans-serif",
  secure: ["secure", "securityLevel", "startOnLoad", "maxTextSize", "maxEdges", "htmlLabels", "flowchart", "themeCSS", "fontFamily", "suppressErrorRendering", "dompurifyConfig"],
};
// What could be a tag, but for line breaks and the "<<interface>>" of class diagrams: mermaid measures labels as HTML
// before it cleans them. The content policy would stop what runs there; it need not come to that.
const TAG = /(?:<<[\w -]+>>|<br\s*\/?>)|<(?=[a-z!/?])/gi;
const withoutTags = (text) => text.replace(TAG, (found) => (found === "<" ? "‹" : found));
let count = 0;

async function draw(text, dark) {
  const { default: mermaid } = await import("mermaid");
  mermaid.initialize({ ...SETTINGS, theme: dark ? "dark" : "neutral" });
  const { svg } = await mermaid.render(`hearth-diagram-${++count}`, withoutTags(text));
  return URL.createObjectURL(new Blob([sized(svg)], { type: "image/svg+xml" }));
}

// A picture has a size of its own; mermaid's takes the width of where it stands.
function sized(svg) {
  const [, width, height] = /viewBox="[-\d.]+ [-\d.]+ ([\d.]+) ([\d.]+)"/.exec(svg) ?? [];
  return width ? svg.replace(/width="100%"/, `width="${Math.ceil(width)}" height="${Math.ceil(height)}"`) : svg;
}

export default function Diagram({ text, label, bad }) {
  const [found, setFound] = useState({ url: "", failed: false });
  useEffect(() => {
    let gone = false;
    let made = "";
    draw(text, document.documentElement.classList.contains("dark"))
      .then((url) => {
        made = url;
        if (gone) URL.revokeObjectURL(url);
        else setFound({ url, failed: false });
      })
      .catch(() => !gone && setFound({ url: "", failed: true }));
    return () => {
      gone = true;
      if (made) URL.revokeObjectURL(made);
    };
  }, [text]);
  if (found.failed) return <p className="diagram-problem" role="status">{bad}</p>;
  return <div className="diagram" tabIndex={0}>{found.url ? <img src={found.url} alt={label} /> : <pre>{text}</pre>}</div>;
}
