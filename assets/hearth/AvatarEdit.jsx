// One's own picture: chosen, cut to a square, brought to the house; or taken away again.
import { useState } from "react";
import { Face } from "./Face.jsx";
import { PickPicture } from "./PickPicture.jsx";
import { ask, bring } from "./rest.js";

const PATH = "/api/me/avatar";

export function AvatarEdit({ person, name, avatar, words, onDone }) {
  const [problem, setProblem] = useState("");

  async function pick(cut) {
    setProblem("");
    try {
      const { ok, said } = await (cut ? bring(PATH, "PUT", cut) : ask(PATH, "DELETE"));
      if (!ok) setProblem(said.detail || words.unexpected);
    } catch {
      setProblem(words.offline);
    }
    onDone?.();
  }

  return (
    <PickPicture has={Boolean(avatar)} words={words} problem={problem} onPick={pick}>
      <Face person={person} name={name} avatar={avatar} />
    </PickPicture>
  );
}
