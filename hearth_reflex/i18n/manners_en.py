"""English: why an AI spoke, and that it need not have."""

MANNERS_EN: dict[str, str] = {
    "manners.why": "Why it spoke",
    "manners.called": "It was called by its name, with an @",
    "manners.named": "It was called by its name",
    "manners.replied": "Somebody replied to what it had said",
    "manners.follow_up": "The talk went on from its answer just before",
    "manners.joins_in": "Nobody was asked, so it joined in",
    "manners.alone": "There is nobody else in the room",
    "manners.session": "This talk is with the AI",
    "manners.too_talkative": "Too talkative",
    "manners.too_talkative_title": "Nobody called for this answer. Press, and it will hold back in this room",
    "manners.noted": "All right, it will hold back in this room",
    "error.temper": "Please choose one of the three ways in which the AI speaks.",
    "error.answer_wanted": "This answer was called for, so it cannot be too talkative.",
}
