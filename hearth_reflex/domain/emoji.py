"""Which strings are one emoji, and how each is written. Knows what Unicode lists, no picture and no page."""

from emoji import EMOJI_DATA, STATUS, emojize

from hearth_reflex.errors import InputError

QUICK = ("👍", "❤️", "😂", "😮", "😢", "🙏")
_VARIATION = "\ufe0f"  # keyboards and lists put it also where it is not needed
_LONGEST = 40  # code points: far more than any of them takes


def one_emoji(raw: str) -> str:
    """The emoji in its full form: "❤" typed without its variation selector is the same as "❤️".

    Raises:
        InputError: `reaction_emoji` for what is not exactly one, as a letter, two of them, or a bare skin tone.
    """
    known = (EMOJI_DATA.get(raw) or EMOJI_DATA.get(raw.replace(_VARIATION, ""))) if len(raw) <= _LONGEST else None
    if known is None or known["status"] == STATUS["component"]:
        raise InputError("reaction_emoji", field="emoji")
    return emojize(known["en"])
