// What the reader thinks of answers of the open room, by version: 1, -1, or 0 for nothing. Nobody else is told.
import { roomMarks } from "$/public/hearth/room_marks";

const keyOf = (message, version) => `${message}:${version}`;
const ratings = roomMarks({
  path: "ratings",
  read: (said) => said.ratings.map(({ message, version, value }) => [keyOf(message, version), value]),
  news: "rating",
  told: (message, version, value) => [keyOf(message, version), value],
});

export const openRatings = ratings.openIn;
export const useRating = (message, version) => ratings.useMark(keyOf(message, version)) ?? 0;
