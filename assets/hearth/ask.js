// Asks the house about one room, over REST. null: it did not answer, or not with what was asked for.
export async function ask(room, path) {
  const lang = document.documentElement.lang;
  try {
    const url = `/api/rooms/${room}${path ? `/${path}` : ""}`;
    const answer = await fetch(url, { headers: { "Accept-Language": lang, "X-Hearth": "1" } });
    if (answer.status === 401) location.assign("/?signed_out=1");
    return answer.ok ? await answer.json() : null;
  } catch {
    return null; // offline: the next snapshot repairs
  }
}
