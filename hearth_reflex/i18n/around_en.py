"""English of the keyboard, the palette, the fire and the first steps."""

AROUND_EN: dict[str, str] = {
    "around.title": "Go anywhere",
    "around.find": "Find a room or something to do",
    "around.none": "Nothing like that",
    "around.room": "room",
    "around.search": "Search the talk",
    "around.keys": "Keys",
    "around.key_palette": "Go anywhere",
    "around.key_keys": "Show this sheet",
    "around.key_send": "Send",
    "around.key_line": "New line",
    "around.key_send_always": "Send, whatever Enter does",
    "around.key_edit": "In an empty box: edit what you said last",
    "around.key_escape": "Stop answering or editing, close what is open",
    "around.key_complete": "Complete people, rooms, emoji, commands",
    "around.key_tab": "Go on; in a list, take it",
    "around.key_rows": "In the talk: the message before and after",
    "around.key_ends": "The first and the last message",
}
