// What stands above the box: whom one answers or what one edits, and the commands when they were asked for.
import { CornerUpLeft, Pencil, RotateCcw, X } from "lucide-react";
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

export function Help({ commands, words, onClose }) {
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
