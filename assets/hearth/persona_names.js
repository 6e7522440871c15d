// What a persona is called by the reader: by the name of their language, where it has two.
export const nameOf = (persona, locale) => (locale === "ko" ? persona.name_ko : persona.name_en) || persona.name_ko || persona.name_en;

// A sentence about it.
export const named = (words, name) => words.replaceAll("{name}", name);
