// The way into the room where the reader talks with the AI alone: made when it is first gone.
import { MessageCircleHeart } from "lucide-react";
import { useNavigate } from "react-router";
import { useAct } from "./rest.js";

export function Alone({ words }) {
  const [problem, busy, act] = useAct(words);
  const navigate = useNavigate();

  async function go() {
    const said = await act("POST", "/api/llm/alone", {});
    if (said) navigate(`/room/${said.id}`);
  }

  return (
    <>
      <button type="button" className="button plain" aria-busy={busy} onClick={go}>
        <MessageCircleHeart size={18} aria-hidden="true" /> {words.go}
      </button>
      {problem && <p className="form-error" role="alert">{problem}</p>}
    </>
  );
}
