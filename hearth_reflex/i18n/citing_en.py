"""English of what answers say of their sources. `citing_ko.py` has the same keys in the same order."""

CITING_EN: dict[str, str] = {
    # said in the room itself, in the language of the question
    "citing.extract": "These are quotations, word for word, from what the house was given to read. No model put them into "
    "its own words.",
    "citing.nothing": "I did not find that in the documents here.",
    # what the AIs of a room hear
    "sights.passages": "From documents",
    "sights.passages_some": "Passages: {count}",
}
