// What stands above the box: whom one answers or what one edits, what is set for one answer; and what was asked for: the
// commands, the questions one keeps, the settings of one answer.
import { CornerUpLeft, Pencil, RotateCcw, SlidersHorizontal, X } from "lucide-react";
import { OneAnswer, settingsOf } from "./OneAnswer.jsx";
import { SavedPrompts } from "./SavedPrompts.jsx";
import { namesOf } from "./commands";
import { useLocale } from "./locale";
import { plain } from "./plain.js";

export function Meant({ edit, reply, words, busy, onDrop, onResend }) {
  const locale = useLocale();
  if (!edit && !reply) return null;
  const Icon = edit ? Pencil : CornerUpLeft;
  const name = reply && (locale === "ko" ? reply.name : reply.name_en || reply.name);
  const title = edit ? words.editing : words.answering.replace("{name}", () => name);
  return (
    <div className="composer-meant">
      <Icon size={16} aria-hidden="true" />
      <p>
        <strong>{title}</strong>
        <span>{edit?.text ?? (plain(reply.text) || words.pictures)}</span>
      </p>
      {onResend && (
        <button type="button" className="composer-resend" aria-busy={busy} onClick={onResend}>
          <RotateCcw size={16} aria-hidden="true" />
          {words.resend}
        </button>
      )}
      <button type="button" className="icon-button" aria-label={edit ? words.stop_editing : words.stop_answering} onClick={onDrop}>
        <X size={18} aria-hidden="true" />
      </button>
    </div>
  );
}

function Help({ commands, words, onClose }) {
  return (
    <section className="composer-help" aria-label={words.help} onKeyDown={(event) => event.key === "Escape" && onClose()}>
      <button type="button" className="icon-button" aria-label={words.close} onClick={onClose} autoFocus>
        <X size={18} aria-hidden="true" />
      </button>
      <dl>
        {commands.map((one) => (
          <div key={one.name}>
            <dt><code>/{namesOf(one)[0]}</code></dt>
            <dd>{one.words}</dd>
          </div>
        ))}
      </dl>
      <p className="muted">{words.help_more}</p>
    </section>
  );
}

export function Above({ open, commands, config, words, text, onClose, onPick, onConfig }) {
  if (open === "help") return <Help commands={commands} words={words} onClose={onClose} />;
  if (open === "prompts") return <SavedPrompts words={words} text={text} onClose={onClose} onPick={onPick} />;
  if (open === "once") return <OneAnswer config={config} words={words} onClose={onClose} onKeep={onConfig} />;
  return null;
}

// That the answers to what is sent next are made otherwise than usual, and the way back.
export function Once({ config, words, onOpen, onDrop }) {
  if (!config) return null;
  return (
    <div className="composer-meant">
      <SlidersHorizontal size={16} aria-hidden="true" />
      <button type="button" className="composer-set" onClick={onOpen}>
        <strong>{words.once}</strong>
        <span>{settingsOf(config, words).join(" · ")}</span>
      </button>
      <button type="button" className="icon-button" aria-label={words.once_drop} onClick={onDrop}>
        <X size={18} aria-hidden="true" />
      </button>
    </div>
  );
}
