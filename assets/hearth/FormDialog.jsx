// A few things to fill in, in a dialog: what went wrong stands above its two buttons. It keeps nothing; what comes of it is
// for whoever opened it.
import { useId, useRef } from "react";
import { Dialog } from "@radix-ui/themes";

// `words`: {cancel, keep}. Without a `lead` the title says enough.
export function FormDialog({ title, lead, words, busy, problem, onKeep, onClose, children }) {
  function keep(event) {
    event.preventDefault();
    onKeep();
  }

  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Content className="dialog" {...(lead ? {} : { "aria-describedby": undefined })}>
        <Dialog.Title trim="normal" className="dialog-title">{title}</Dialog.Title>
        {lead && <Dialog.Description className="muted dialog-lead">{lead}</Dialog.Description>}
        <form className="form" onSubmit={keep} noValidate>
          {children}
          {problem && <p className="form-error" role="alert">{problem}</p>}
          <div className="form-actions">
            <button type="button" className="button plain" onClick={onClose}>{words.cancel}</button>
            <button type="submit" className="button main" aria-busy={busy}>{words.keep}</button>
          </div>
        </form>
      </Dialog.Content>
    </Dialog.Root>
  );
}

// A name for something: `words.name` says what of.
export function NameDialog({ name, words, problem, onKeep, ...more }) {
  const box = useRef(null);
  const id = useId();
  return (
    <FormDialog words={words} problem={problem} onKeep={() => onKeep(box.current.value)} {...more}>
      <div className="field">
        <label htmlFor={id}>{words.name}</label>
        <input ref={box} id={id} defaultValue={name} autoComplete="off" enterKeyHint="done" aria-invalid={problem ? "true" : undefined} />
      </div>
    </FormDialog>
  );
}
