// A persona between the house and the boxes of its form. Values only.
export const WORDS = ["name_ko", "name_en", "about", "instructions", "greeting", "voice"];
export const NUMBERS = ["temperature", "top_p", "max_tokens"];

// Fields as they stand in the boxes: all texts; "" in a number leaves it to the house.
export function asWritten(persona) {
  const config = persona?.config ?? {};
  return {
    ...Object.fromEntries(WORDS.map((name) => [name, persona?.[name] ?? ""])),
    ...Object.fromEntries(NUMBERS.map((name) => [name, config[name] === undefined ? "" : String(config[name])])),
    model: config.model ?? "",
  };
}

// A name that is left empty is the same as the other one.
export function asSent(draft, persona) {
  const number = (text) => (text === "" ? null : Number(text));
  return {
    ...Object.fromEntries(WORDS.map((name) => [name, draft[name]])),
    name_ko: draft.name_ko.trim() || draft.name_en,
    name_en: draft.name_en.trim() || draft.name_ko,
    config: { ...persona?.config, model: draft.model, ...Object.fromEntries(NUMBERS.map((name) => [name, number(draft[name])])) },
  };
}
