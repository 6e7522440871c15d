"""English of people in a room: who is here, who writes, who has read, and what one is told of."""

PEOPLE_EN: dict[str, str] = {
    "presence.typing_one": "{name} is writing…",
    "presence.typing_two": "{one} and {two} are writing…",
    "presence.typing_many": "Several people are writing…",
    "presence.home": "elsewhere in the house",
    "news.label": "News from other rooms",
    "news.unread": "{count} unread",
    "news.called": "somebody called you",
    "news.file": "sent a picture or a file",
}
