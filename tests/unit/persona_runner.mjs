// Runs what a persona's form makes of what is written in it; prints what came of it as JSON.
import { asSent, asWritten } from "../../assets/hearth/persona_fields.js";

const kept = {
  id: "p1", name_ko: "달지기", name_en: "Moonkeeper", about: "밤", instructions: "You are.", greeting: "", voice: "짧게",
  config: { temperature: 0, max_tokens: 64, context_turns: 8, do_sample: false },
};
const written = asWritten(kept);
process.stdout.write(
  JSON.stringify({
    empty: asWritten(null),
    written,
    unchanged: asSent(written, kept),
    given_back: asSent({ ...written, temperature: "", max_tokens: "" }, kept).config,
    drawn: asSent({ ...written, temperature: "0.7", top_p: "0.9", model: "local:m1" }, kept).config,
    one_name: ["name_ko", "name_en"].map((name) => {
      const { name_ko, name_en } = asSent({ ...asWritten(null), [name]: "달" }, null);
      return [name_ko, name_en];
    }),
    blank_name: asSent({ ...asWritten(null), name_ko: "  ", name_en: "Moon" }, null).name_ko,
  }),
);
