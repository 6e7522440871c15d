// What can be done with a message: one menu for the whole talk, put beside the row it was asked for. Rows carry plain
// buttons with a `data-row-act`; all of them, long presses and keys are heard here, so that a hundred rows cost nothing.
import { lazy, Suspense, useEffect, useLayoutEffect, useRef, useState } from "react";
import { Copy, LibraryBig, Link2, Pencil, Pin, PinOff, Reply, SmilePlus, Star, StarOff, Trash2 } from "lucide-react";
import { eventLoop } from "$/utils/context-registry";
import { ReflexEvent } from "$/utils/state";
import { layersChanged } from "$/public/hearth/back";
import { copyText } from "$/public/hearth/clip";
import { roomStore } from "$/public/hearth/feed";
import { putAway } from "$/public/hearth/put_away";
import { settleAfterEnd } from "$/public/hearth/settle";
import { isStarred, openStars } from "$/public/hearth/stars";
import { heldLong, reachOwnButtons } from "$/public/hearth/touch";

const EmojiPicker = lazy(() => import("$/public/hearth/EmojiPicker.jsx"));
const QUICK = ["👍", "❤️", "😂", "😮", "😢", "🙏"];
const GAP = 6; // px between the menu and what it belongs to
const KEEPERS = ["owner", "moderator"];

const ask = (name, detail) => window.dispatchEvent(new CustomEvent(name, { detail }));
const itemOf = (id) => roomStore()?.view.items.find((item) => item.id === id);
const isCoarse = () => window.matchMedia("(pointer: coarse)").matches;

export function RowMenu({ room, role, acts, words }) {
  const [open, setOpen] = useState(null); // {item, row, at, part: "menu" | "emoji", sheet}
  const [told, setTold] = useState("");
  const opener = useRef(null);

  useEffect(() => {
    if (room) openStars(room);
  }, [room]);

  // While the line is down Reflex would heap up what is asked; the banner says that it is.
  function act(name, item, more = {}) {
    if (eventLoop.connectErrors.length > 0) return;
    eventLoop.addEvents([ReflexEvent(acts[name], { room, message: item.id, ...more })], [], {});
  }

  function close({ focus = true } = {}) {
    setOpen(null);
    if (focus && opener.current?.isConnected) opener.current.focus({ preventScroll: true });
  }

  function show(row, at, part, sheet = isCoarse()) {
    const item = itemOf(row.dataset.id);
    if (!item?.touchable) return;
    opener.current = document.activeElement?.closest?.(".row") === row ? document.activeElement : row;
    setOpen({ item, row, at: at.getBoundingClientRect(), part, sheet });
  }

  function toggle(item, emoji) {
    const mine = item.reactions.some((given) => given.emoji === emoji && given.mine);
    act("react", item, { emoji, on: !mine });
  }

  const toggleIn = (item) => (emoji) => {
    toggle(item, emoji);
    close();
  };

  const reply = ({ id, seq, name, name_en, text }) => ask("hearth:reply", { id, seq, name, name_en, text });

  function onAct(button) {
    const { rowAct, emoji, to, toSeq } = button.dataset;
    if (rowAct === "jump") return ask("hearth:jump", { id: to, seq: Number(toSeq) });
    const row = button.closest("[data-id]");
    const item = row && itemOf(row.dataset.id);
    if (!item) return;
    if (rowAct === "toggle") toggle(item, emoji);
    else if (rowAct === "reply") reply(item);
    else show(row, button, rowAct === "react" ? "emoji" : "menu");
  }

  useEffect(layersChanged, [open !== null]);

  // Listeners are put up once; what they do is looked up here, as it is now.
  const now = useRef(null);
  now.current = { onAct, show, close, open };
  useEffect(() => {
    const onClick = (event) => {
      const button = event.target.closest?.("[data-row-act]");
      if (button) now.current.onAct(button);
    };
    const onPress = (event) => {
      if (now.current.open && !event.target.closest?.(".row-menu")) now.current.close({ focus: false });
    };
    const onAsked = ({ detail }) => {
      const row = document.querySelector(`.row[data-id="${CSS.escape(detail.id)}"]`);
      if (row) now.current.show(row, row, "menu", false);
    };
    const endReach = reachOwnButtons();
    const endSettle = settleAfterEnd();
    const endHold = heldLong(".row[data-id]", (row) => now.current.show(row, row, "menu", true));
    window.addEventListener("hearth:menu", onAsked);
    document.addEventListener("click", onClick);
    document.addEventListener("pointerdown", onPress);
    return () => {
      endReach();
      endSettle();
      endHold();
      window.removeEventListener("hearth:menu", onAsked);
      document.removeEventListener("click", onClick);
      document.removeEventListener("pointerdown", onPress);
    };
  }, []);

  function say(sentence) {
    setTold("");
    requestAnimationFrame(() => setTold(sentence));
  }

  const copy = (text) => copyText(text).then((done) => done && say(words.copied));
  const address = (item) => `${location.origin}/room/${room}?m=${item.id}`;

  function thingsToDo(item) {
    const starred = isStarred(item.id);
    const mayPin = role !== "guest";
    const box = document.getElementById("composer"); // a talk that is over has none
    const mayDelete = item.own || item.asked || KEEPERS.includes(role);
    return [
      box && { key: "reply", icon: Reply, leaves: true, run: () => reply(item) },
      { key: "react", icon: SmilePlus, stays: true, run: () => setOpen({ ...open, part: "emoji" }) },
      item.has_text && { key: "copy", icon: Copy, run: () => copy(item.text) },
      { key: "copy_link", icon: Link2, run: () => copy(address(item)) },
      item.files.length > 0 && { key: "put_away", icon: LibraryBig, run: () => putAway(item.files, words) },
      box && item.own && !item.ai && { key: "edit", icon: Pencil, leaves: true, run: () => ask("hearth:edit", { id: item.id, text: item.text }) },
      mayPin && { key: item.pinned ? "unpin" : "pin", icon: item.pinned ? PinOff : Pin, run: () => act("pin", item, { on: !item.pinned }) },
      { key: starred ? "unstar" : "star", icon: starred ? StarOff : Star, run: () => act("star", item, { on: !starred }) },
      mayDelete && { key: "delete", icon: Trash2, sure: words.delete_sure, run: () => act("take_back", item) },
    ].filter(Boolean);
  }

  return (
    <>
      {open && (
        <Floating open={open} label={words.actions} close={close}>
          {open.part === "emoji" ? (
            <>
              <Quick item={open.item} label={words.react} onPick={toggleIn(open.item)} />
              <Suspense fallback={<p className="emoji-note">{words.emoji_loading}</p>}>
                <EmojiPicker
                  title={words.emoji_title} search={words.emoji_search} none={words.emoji_none} loading={words.emoji_loading}
                  onPick={(emoji) => {
                    act("react", open.item, { emoji, on: true });
                    close();
                  }}
                />
              </Suspense>
            </>
          ) : (
            <Things item={open.item} words={words} things={thingsToDo(open.item)} close={close} onQuick={toggleIn(open.item)} />
          )}
        </Floating>
      )}
      <p className="visually-hidden" aria-live="polite">{told}</p>
    </>
  );
}

function beside(at, { width, height }) {
  const below = at.bottom + GAP;
  const top = below + height < innerHeight ? below : Math.max(GAP, Math.min(at.top, innerHeight) - height - GAP);
  const left = Math.min(Math.max(GAP, at.right - width), innerWidth - width - GAP);
  return `top: ${top}px; left: ${left}px`;
}

// Beside its row, within the window; on a phone a sheet at the foot of it.
function Floating({ open, label, close, children }) {
  const box = useRef(null);
  useLayoutEffect(() => {
    const node = box.current;
    const place = () => {
      node.style.cssText = open.sheet ? "" : beside(open.at, node.getBoundingClientRect());
    };
    place();
    const watch = new ResizeObserver(place); // what is fetched when it is first needed comes later
    watch.observe(node);
    return () => watch.disconnect();
  }, [open]);
  useEffect(() => {
    box.current.querySelector("[role^=menuitem], input")?.focus({ preventScroll: true });
  }, [open.part]);

  const onKeyDown = (event) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      close();
    } else if (event.key === "Tab" && open.part === "menu") {
      event.preventDefault();
      close();
    }
  };
  return (
    <>
      {open.sheet && <div className="row-menu-shade" />}
      <div ref={box} className={open.sheet ? "row-menu as-sheet" : "row-menu"} onKeyDown={onKeyDown} role="dialog" aria-label={label}>
        {children}
      </div>
    </>
  );
}

// The emoji that are given most; those that the reader has given are pressed.
function Quick({ item, label, onPick, inMenu = false }) {
  const given = new Set(item.reactions.filter(({ mine }) => mine).map(({ emoji }) => emoji));
  return (
    <div role="group" aria-label={label} className="quick">
      {QUICK.map((emoji) => {
        const state = inMenu ? { role: "menuitemcheckbox", tabIndex: -1, "aria-checked": given.has(emoji) } : { "aria-pressed": given.has(emoji) };
        return <button key={emoji} type="button" aria-label={emoji} onClick={() => onPick(emoji)} {...state}>{emoji}</button>;
      })}
    </div>
  );
}

const STEPS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

function Things({ item, words, things, onQuick, close }) {
  const [sure, setSure] = useState("");
  const list = useRef(null);

  function onKeyDown(event) {
    const all = [...list.current.querySelectorAll("[role^=menuitem]")];
    const at = all.indexOf(document.activeElement);
    const quick = QUICK.length;
    let next = null;
    // The quick row is walked sideways; up and down leave it at once.
    if (event.key === "ArrowDown" && at >= 0 && at < quick) next = quick;
    else if (event.key === "ArrowUp" && at < quick) next = all.length - 1;
    else if (event.key in STEPS) next = (at + STEPS[event.key] + all.length) % all.length;
    else if (event.key === "Home") next = 0;
    else if (event.key === "End") next = all.length - 1;
    if (next === null) return;
    event.preventDefault();
    all[next].focus();
  }

  function choose(thing) {
    if (thing.sure && sure !== thing.key) {
      setSure(thing.key);
      return;
    }
    thing.run();
    if (!thing.stays) close({ focus: !thing.leaves });
  }

  return (
    <div ref={list} role="menu" aria-label={words.actions} onKeyDown={onKeyDown}>
      <Quick item={item} label={words.react} onPick={onQuick} inMenu />
      {things.map((thing) => (
        <button key={thing.key} type="button" role="menuitem" tabIndex={-1} className={`thing ${thing.key}`} onClick={() => choose(thing)}>
          <thing.icon size={18} aria-hidden="true" />
          {sure === thing.key ? thing.sure : words[thing.key]}
        </button>
      ))}
    </div>
  );
}
