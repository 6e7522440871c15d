// The scrolling talk: draws only the rows near the screen (virtua), asks for more before the reader gets to either end,
// sticks to the newest line only while they are there, goes where the store wants it, and tells what they have seen.
import { memo, useEffect, useLayoutEffect, useReducer, useRef, useState } from "react";
import { Virtualizer } from "virtua";
import { roomStore } from "$/public/hearth/feed";
import { TalkDate } from "$/public/hearth/TalkDate";
import { onTheWay } from "$/public/hearth/one_end";
import { focusRow, useRows } from "$/public/hearth/talk_rows";
import { forgetSeen, tellSeen } from "$/public/hearth/talk_seen";

const NEAR_PX = 80;
const AHEAD_PX = 1500; // more is asked for when less than this is left
const BUFFER_PX = 500; // drawn beyond the screen
const TOP_PX = 64; // the line above the first row, as tall as in longroom.css
const FLASH_MS = 1600;
const HOLD_MS = 100; // between two looks whether a row stands where it was meant to
const HOLDS = 15; // looks; a slow machine measures rows late
const SETTLE_MS = 350; // a jump measures rows for so long; rows that came in above would end it
const dayOf = (iso) => new Date(iso).toDateString();

// The topmost row on screen and how many pixels of it are above the edge: as it stands, not as the list reckons, whose
// measures come later on a slow machine.
function topmostOn(node) {
  const edge = node.getBoundingClientRect().top;
  for (const row of node.querySelectorAll(".talk-item")) {
    const { top, bottom } = row.getBoundingClientRect();
    if (bottom > edge) return [row, Math.round(edge - top)];
  }
  return [null, 0];
}

// virtua keeps pointers out of a list that scrolls; a talk scrolls all the time while an answer grows.
function Rows({ ref, style, children }) {
  return (
    <div ref={ref} className="talk-rows" style={{ ...style, pointerEvents: undefined }}>
      {children}
    </div>
  );
}

const Entry = memo(function Entry({ item, draw, unread, flash }) {
  return (
    <div className={flash ? "talk-item flash" : "talk-item"} data-key={item.key} data-at={item.seq}>
      {unread && <div className="unread-line">{unread}</div>}
      {draw(item)}
    </div>
  );
});

// The rows to draw now; what is still missing comes with the next frame.
function useOneEnd(items, epoch) {
  const drawn = useRef({ items, epoch });
  const [, drawAgain] = useReducer((times) => times + 1, 0);
  const shown = drawn.current.epoch === epoch ? onTheWay(drawn.current.items, items) : items;
  useLayoutEffect(() => {
    drawn.current = { items: shown, epoch };
    if (shown !== items) requestAnimationFrame(drawAgain);
  });
  return shown;
}

// Whether rows came or went at the head of the list since it was drawn last: then it keeps its distance from the end.
function useShift(items, epoch) {
  const drawn = useRef({ items, epoch });
  const before = drawn.current;
  useLayoutEffect(() => {
    drawn.current = { items, epoch };
  });
  const [first, last] = [before.items[0], items[0]];
  return before.epoch === epoch && first !== undefined && last !== undefined && first.key !== last.key;
}

export function Talk({ view, row, label, olderLabel, newestLabel, toNewestLabel, beginningLabel, unreadLabel, dateLabel,
  children }) {
  const { epoch, target, hasOlder, hasNewer, loadingOlder, unseen, empty } = view;
  const items = useOneEnd(view.items, epoch);
  const scroller = useRef(null);
  const list = useRef(null);
  const now = useRef(view);
  const draw = useRef(row).current;
  const stuck = useRef(true);
  const top = useRef(0);
  const arrived = useRef(0);
  const settled = useRef(0);
  const touched = useRef(false);
  const [flash, setFlash] = useState("");
  const [far, setFar] = useState(false);
  const [topmost, setTopmost] = useState("");
  const shift = useShift(items, epoch);
  const rows = useRows({ scroller, list, now });

  const toEnd = () => {
    scroller.current.scrollTop = scroller.current.scrollHeight;
  };

  // Where the reader is now: only their own way up lets go of the newest line, not a row that grows.
  function look() {
    const [node, store] = [scroller.current, roomStore()];
    if (!node || !list.current || !now.current.items.length) return;
    const { scrollTop, scrollHeight, clientHeight } = node;
    const below = scrollHeight - clientHeight - scrollTop;
    tellSeen(node);
    if (performance.now() < settled.current) return;
    if (below < NEAR_PX) stuck.current = !now.current.hasNewer;
    else if (scrollTop < top.current - 1) stuck.current = false;
    top.current = scrollTop;
    setFar(below > 1.5 * clientHeight);
    report(store, node);
    if (scrollTop < AHEAD_PX) store?.loadOlder();
    if (below < AHEAD_PX) store?.loadNewer();
    if (stuck.current) store?.trim();
  }

  function report(store, node) {
    const [row, offset] = topmostOn(node);
    if (!row) return; // nothing is drawn yet: the reader stands where they stood
    const at = now.current.items.find((item) => item.key === row.dataset.key)?.at ?? "";
    setTopmost((known) => (dayOf(known) === dayOf(at) ? known : at));
    const seq = Number(row.dataset.at) || 0;
    store?.reading(seq ? { seq, offset } : null, stuck.current);
  }

  // Rows that are measured late move others without a scroll: where the reader is, is looked up again.
  function remember() {
    const [node, store] = [scroller.current, roomStore()];
    if (node && now.current.items.length && performance.now() >= settled.current) report(store, node);
    store?.remember();
  }

  // Rows above are measured after the list has gone to its place: the row is put back until it stays, or the reader moves.
  function hold(key, offset) {
    const jump = arrived.current;
    let [left, calm] = [HOLDS, 0];
    touched.current = false;
    const step = () => {
      const node = scroller.current;
      const row = node?.querySelector(`[data-key="${CSS.escape(key)}"]`);
      if (!row || touched.current || jump !== arrived.current) return;
      const off = row.getBoundingClientRect().top - node.getBoundingClientRect().top + offset;
      calm = Math.abs(off) > 1 ? 0 : calm + 1;
      if (!calm) node.scrollTop += off;
      left -= 1;
      if (left > 0 && calm < 4) setTimeout(step, HOLD_MS);
    };
    setTimeout(step, HOLD_MS);
  }

  function goTo({ seq, align, offset, flash: shines, focus }) {
    const at = items.findIndex((item) => item.seq >= seq);
    stuck.current = align === "end";
    if (stuck.current || items.length === 0) return toEnd();
    const index = at < 0 ? items.length - 1 : at;
    settled.current = performance.now() + SETTLE_MS;
    setTimeout(look, SETTLE_MS + 50);
    list.current.scrollToIndex(index, { align, offset });
    if (align === "start") hold(items[index].key, offset);
    if (shines) setFlash(items[index].key);
    if (focus) focusRow(scroller.current, items[index].key);
  }

  useLayoutEffect(() => {
    now.current = { ...view, items };
    if (target && target.n !== arrived.current && !view.jumping) {
      arrived.current = target.n;
      goTo(target);
    } else if (stuck.current) toEnd();
  }, [view, items]);
  useEffect(look, [items, epoch]);
  useEffect(() => forgetSeen, []);

  useEffect(() => {
    if (!flash) return;
    const timer = setTimeout(() => setFlash(""), FLASH_MS);
    return () => clearTimeout(timer);
  }, [flash, target]);

  useEffect(() => {
    const jump = ({ detail }) => {
      const store = roomStore();
      if (detail?.id) store?.jumpToMessage(detail.id, detail.seq, { focus: true });
      else if (detail?.seq) store?.jumpTo(detail.seq, { focus: true });
    };
    window.addEventListener("hearth:jump", jump);
    window.addEventListener("pagehide", remember);
    return () => {
      window.removeEventListener("hearth:jump", jump);
      window.removeEventListener("pagehide", remember);
    };
  }, []);

  const pill = unseen > 0 ? newestLabel.replace("{count}", unseen) : (hasNewer || far) && toNewestLabel;
  return (
    <div
      className="talk" ref={scroller} role="log" aria-live="off" aria-label={label} aria-busy={view.jumping} tabIndex={0}
      onKeyDown={(event) => {
        touched.current = true;
        rows.onKeyDown(event);
      }}
      onWheel={() => (touched.current = true)} onPointerDown={() => (touched.current = true)} onFocus={rows.onFocus}
    >
      <TalkDate at={topmost} label={dateLabel} shown={items.length > 0} />
      <div className="talk-inner">
        <div className="talk-top">
          {hasOlder ? (
            <button type="button" className="older" aria-busy={loadingOlder} onClick={() => roomStore()?.loadOlder()}>
              {olderLabel}
            </button>
          ) : (
            items.length > 0 && <p className="beginning">{beginningLabel}</p>
          )}
        </div>
        {children}
        <Virtualizer
          key={epoch} ref={list} as={Rows} scrollRef={scroller} data={items} startMargin={TOP_PX} shift={shift}
          bufferSize={BUFFER_PX} keepMounted={rows.kept(items)}
          onScroll={look} onResize={() => stuck.current && toEnd()} onScrollEnd={remember}
        >
          {(item) => (
            <Entry
              key={item.key} item={item} draw={draw} flash={flash === item.key}
              unread={view.unread && item.seq === view.unread ? unreadLabel : ""}
            />
          )}
        </Virtualizer>
      </div>
      {pill && !empty && (
        <button type="button" className="pill-newest" onClick={() => roomStore()?.toNewest()}>
          ↓ {pill}
        </button>
      )}
    </div>
  );
}
