"""When a persona speaks unasked, and when it keeps still. Values in, values out; no model."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a persona answers. Each has words below `manners.` in the catalogues."""

    CALLED = "called"  # by its name, with an @
