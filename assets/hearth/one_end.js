// The list that is drawn keeps its place when it changes at one end: it is told which, and the rest is a count. A page that is
// slower than its store would have it change at both. Then one end is drawn first, and the other with the next frame.

// What to draw on the way from `before` to `now`, both lists of {key}: `now` itself where one end is as it was.
export function onTheWay(before, now) {
  if (!before.length || !now.length) return now;
  const [first, last] = [now[0].key, now.at(-1).key];
  if (first === before[0].key || last === before.at(-1).key) return now;
  const at = (list, key) => list.findIndex((item) => item.key === key);
  const [oldFirst, oldLast] = [at(now, before[0].key), at(now, before.at(-1).key)];
  const [newFirst, newLast] = [at(before, first), at(before, last)];
  if (oldFirst >= 0 && oldLast >= 0) return now.slice(0, oldLast + 1); // came at both: those above first
  if (oldFirst >= 0 && newLast >= 0) return [...now, ...before.slice(newLast + 1)]; // came above, went below
  if (oldLast >= 0 && newFirst >= 0) return [...before.slice(0, newFirst), ...now]; // went above, came below
  if (newFirst >= 0 && newLast >= 0) return before.slice(newFirst); // went at both
  return now; // another stretch
}
