// What was typed of a persona and is not kept yet: in this tab alone, also over a reload. Knows no page.
const key = (place) => `hearth_persona_${place}`;

export function keptDraft(place) {
  try {
    return JSON.parse(sessionStorage.getItem(key(place)) ?? "null");
  } catch {
    return null; // storage is forbidden, or not ours
  }
}

export function keepDraft(place, draft) {
  try {
    sessionStorage.setItem(key(place), JSON.stringify(draft));
  } catch {
    // it lives as long as the form
  }
}

export function dropDraft(place) {
  try {
    sessionStorage.removeItem(key(place));
  } catch {
    // as above
  }
}
