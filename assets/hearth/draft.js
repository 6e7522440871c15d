// What was begun and not sent, kept in this browser by person and room: the words, whom they answer, what was uploaded.
function read(key) {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

function write(key, value) {
  try {
    if (value) localStorage.setItem(key, value);
    else localStorage.removeItem(key);
  } catch {
    // A full or forbidden store: the draft lives as long as the tab.
  }
}

function parsed(key) {
  try {
    return JSON.parse(read(key) || "null");
  } catch {
    return null;
  }
}

export const savedText = (owner) => read(`hearth:draft:${owner}`);
export const saveText = (owner, text) => write(`hearth:draft:${owner}`, text);

// The message that is answered, as the box shows it, or null.
export const savedReply = (owner) => parsed(`hearth:draft-reply:${owner}`);
export const saveReply = (owner, reply) => write(`hearth:draft-reply:${owner}`, reply ? JSON.stringify(reply) : "");

// Views of what the house has already.
export function savedFiles(owner) {
  const files = parsed(`hearth:draft-files:${owner}`);
  return Array.isArray(files) ? files : [];
}

export const saveFiles = (owner, files) => write(`hearth:draft-files:${owner}`, files.length ? JSON.stringify(files) : "");
