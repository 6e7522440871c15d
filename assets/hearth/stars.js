// Which messages of the open room the reader has starred.
import { roomMarks } from "$/public/hearth/room_marks";

const stars = roomMarks({
  path: "stars",
  read: (said) => said.messages.map((id) => [id, true]),
  news: "star",
  told: (id, on) => [id, on],
});

export const openStars = stars.openIn;
export const isStarred = (id) => Boolean(stars.of(id));
export const useStarred = (id) => Boolean(stars.useMark(id));
