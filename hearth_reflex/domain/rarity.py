"""How much it tells that a text has a word. Numbers in, numbers out."""

from math import log


def rarity(having: int, of: int) -> float:
    """The weight of a word that so many of so many texts have: the rarer, the more; above 0.

    Method: inverse document frequency as in S. Robertson, H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and
    Beyond", FnTIR 3 (2009), kept positive.
    """
    return log(1.0 + (of - having + 0.5) / (having + 0.5))
