"""English of what the house knows of pictures."""

PICTURES_EN: dict[str, str] = {
    "pictures.about": "About this picture",
    "pictures.captioned": "Picture: {caption}",
    "pictures.caption_label": "What is on this picture",
    "pictures.caption_hint": "A cat asleep by the fire, say",
    "pictures.caption_add": "Say what is on it",
    "pictures.caption_edit": "Say it better",
    "pictures.caption_save": "Keep this caption",
    "pictures.caption_leave": "Leave it as it is",
    "pictures.by_model": "Written by the AI that looked at it.",
    "pictures.taken": "Taken on {date}.",
    "pictures.words": "Words in this picture",
    "pictures.copy": "Copy",
    "pictures.copied": "Copied",
    "pictures.alike": "More like this",
    "pictures.no_alike": "No picture that looks like this was found.",
    "pictures.looking": "Looking…",
    "error.caption_long": "This caption is too long. It can have up to {limit} characters.",
    "error.caption_other": "Whoever sent a picture, or keeps order here, says what is on it.",
}
