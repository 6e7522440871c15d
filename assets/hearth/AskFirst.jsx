// A question before something that others feel. Radix keeps the focus inside and gives it back.
import { AlertDialog } from "@radix-ui/themes";

export function AskFirst({ question, words, busy, problem, onYes, onClose }) {
  return (
    <AlertDialog.Root open={Boolean(question)} onOpenChange={(open) => !open && onClose()}>
      <AlertDialog.Content className="dialog">
        <AlertDialog.Title trim="normal" className="dialog-title">{question?.title}</AlertDialog.Title>
        <AlertDialog.Description className="muted dialog-lead">{question?.lead}</AlertDialog.Description>
        {problem && <p className="form-error" role="alert">{problem}</p>}
        <div className="form-actions">
          <AlertDialog.Cancel><button type="button" className="button plain">{words.cancel}</button></AlertDialog.Cancel>
          <button type="button" className={question?.gentle ? "button main" : "button danger"} aria-busy={busy} onClick={onYes}>
            {question?.go}
          </button>
        </div>
      </AlertDialog.Content>
    </AlertDialog.Root>
  );
}
