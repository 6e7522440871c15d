// Which room the page's address means: a tab still holds the room before while the next one loads. Knows no page.
const bare = (id) => id.toLowerCase().replace(/[^0-9a-f]/g, "").slice(-32); // an address may be written in other ways
const PARTS = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/;

// The id of the room at `pathname`, written as the house writes it; `held`, the room that the tab holds, if it means none.
export function addressed(pathname, held) {
  const id = bare(pathname.split("/").filter(Boolean).at(-1) ?? "");
  return id === bare(held) || !PARTS.test(id) ? held : id.replace(PARTS, "$1-$2-$3-$4-$5");
}
