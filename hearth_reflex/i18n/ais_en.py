"""English of personas and their seats, as services say it."""

AIS_EN: dict[str, str] = {
    "notice.ai_left": "{name} (AI) got up from the fire",
    "error.persona_unknown": "There is no such persona here.",
    "error.persona_guest": "Personas are for people with an account. You can make one on your own page.",
    "error.persona_name_taken": "Somebody here has this name, or one that looks like it. Please choose another.",
    "error.persona_long": "Up to {limit} characters, please.",
    "error.persona_house": "This persona belongs to the house and stays.",
    "error.persona_outside": "A persona can speak with a model of this house only. Another server is chosen for a whole room.",
    "error.personas_many": "You can have up to {limit} personas. Please remove one first.",
    "error.ai_seats_many": "Up to {limit} AIs sit in a room. Please send one away first.",
    "error.card_large": "A character card may have up to {limit} MB.",
    "error.card_unreadable": "No character card could be read in this file.",
    "error.card_nameless": "This card has no name. Please give it one.",
}
