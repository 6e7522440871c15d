// The scrolling talk: sticks to the newest line only while the reader is there, keeps its place when earlier talk is put
// in above, asks for it when the reader comes near the top, and counts what arrives out of sight.
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { roomStore } from "$/public/hearth/feed";

const NEAR_PX = 80;

export function Talk({ view, label, olderLabel, newestLabel, beginningLabel, children }) {
  const scroller = useRef(null);
  const inner = useRef(null);
  const atBottom = useRef(true);
  const before = useRef({ first: null, last: null, height: 0, count: 0 });
  const [unseen, setUnseen] = useState(0);
  const { items, hasOlder, loadingOlder, empty } = view;

  const toBottom = () => {
    scroller.current.scrollTop = scroller.current.scrollHeight;
  };

  function onScroll() {
    const { scrollTop, scrollHeight, clientHeight } = scroller.current;
    atBottom.current = scrollHeight - scrollTop - clientHeight < NEAR_PX;
    if (atBottom.current) {
      setUnseen(0);
      roomStore()?.trim();
    }
    if (scrollTop < 200) roomStore()?.loadOlder();
  }

  // The keys are compared before the browser paints: rows put in above would otherwise push the talk down.
  useLayoutEffect(() => {
    const node = scroller.current;
    const now = { first: items[0]?.key, last: items.at(-1), height: node.scrollHeight, count: items.length };
    const was = before.current;
    const grewAbove = was.first && now.first !== was.first && items.some((item) => item.key === was.first);
    if (grewAbove && !atBottom.current) node.scrollTop += now.height - was.height;
    const added = was.last && now.last && now.last.key !== was.last.key;
    if (added && now.last.own) atBottom.current = true;
    if (atBottom.current) toBottom();
    else if (added) {
      const from = items.findIndex((item) => item.key === was.last.key);
      if (from >= 0) setUnseen((count) => count + items.length - 1 - from);
    }
    before.current = now;
  }, [view]);

  // Fonts, code colours and the keyboard of a phone change heights after drawing.
  useEffect(() => {
    const watch = new ResizeObserver(() => {
      if (atBottom.current) toBottom();
      before.current.height = scroller.current?.scrollHeight ?? 0;
    });
    watch.observe(inner.current);
    watch.observe(scroller.current);
    return () => watch.disconnect();
  }, []);

  return (
    <div className="talk" ref={scroller} onScroll={onScroll} role="log" aria-live="off" aria-label={label} tabIndex={0}>
      <div className="talk-inner" ref={inner}>
        {hasOlder ? (
          <button type="button" className="older" aria-busy={loadingOlder} onClick={() => roomStore()?.loadOlder()}>
            {olderLabel}
          </button>
        ) : (
          items.length > 0 && <p className="beginning">{beginningLabel}</p>
        )}
        {children}
      </div>
      {unseen > 0 && !empty && (
        <button
          type="button"
          className="pill-newest"
          onClick={() => {
            atBottom.current = true;
            setUnseen(0);
            toBottom();
          }}
        >
          ↓ {newestLabel.replace("{count}", unseen)}
        </button>
      )}
    </div>
  );
}
