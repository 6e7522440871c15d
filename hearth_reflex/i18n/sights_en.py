"""What an AI can see of a room."""

SIGHTS_EN: dict[str, str] = {
    # the line under the talk
    "sights.hears": "{name} hears from {who}’s “{text}” on · messages: {count} · tokens: {tokens}",
    "sights.hears_shown": "{name} hears from what {who} showed on · messages: {count} · tokens: {tokens}",
    "sights.hears_short": "{count} heard · {tokens} tokens",
    "sights.nothing": "{name} has heard nothing yet",
    "sights.nothing_short": "nothing heard yet",
    "sights.asleep": "{name} is resting. Call, and it wakes up and listens.",
    "sights.asleep_short": "resting",
    "sights.others": "other AIs: {count}",
    # the sheet behind it
    "sights.title": "What the AI can hear",
    "sights.lead": "Just what it would have before it, were it called now. A token is what a model measures text by.",
    "sights.close": "Close",
    "sights.nobody": "No AI is listening in this room.",
    "sights.heard": "It hears",
    "sights.heard_some": "Messages: {count}",
    "sights.first": "The first of them",
    "sights.jump": "Go there",
    "sights.length": "Length",
    "sights.length_of": "{tokens} of {budget} tokens",
    "sights.cut": "Not heard",
    "sights.cut_none": "Nothing is left out. It hears all from the beginning.",
    "sights.cut_window": "Said too long ago: {count}",
    "sights.cut_budget": "Left out for length: {count}",
    "sights.cut_arrival": "Said before it came: {count}",
    "sights.cut_shortened": "The newest message is too long: it hears it without its middle",
    "sights.pictures": "Pictures",
    "sights.pictures_some": "Known by name and not seen: {count}",
    "sights.instructed": "Character",
    "sights.instructed_yes": "It reads what was written down of who it is",
    "sights.instructed_no": "Nothing was written down of who it is",
    "sights.keep": "Always show it under the talk",
    # in how an answer was made
    "sights.made_first": "It heard from what {name} said on",
    "sights.made_jump": "Go there",
}
