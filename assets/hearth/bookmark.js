// Where somebody was reading in a room when they left it, for the way back in the same tab. At the newest line there is
// nothing to remember: what was said meanwhile is where one goes on.
const keyOf = (me, room) => `hearth:place:${me}:${room}`;

// {seq, offset}: the topmost row on screen, and how many pixels of it were above the edge.
export function bookmark(me, room, place) {
  try {
    if (place) sessionStorage.setItem(keyOf(me, room), JSON.stringify(place));
    else sessionStorage.removeItem(keyOf(me, room));
  } catch {
    // A forbidden store: the room opens at its newest line.
  }
}

export function bookmarked(me, room) {
  try {
    const place = JSON.parse(sessionStorage.getItem(keyOf(me, room)) ?? "null");
    return place?.seq > 0 ? { seq: place.seq, offset: Number(place.offset) || 0 } : null;
  } catch {
    return null;
  }
}
