"""By what a system says that there is no room to write; what it refuses for another reason is none of this."""

from errno import EDQUOT, EFBIG, ENOSPC

FULL = frozenset((ENOSPC, EDQUOT))  # of the disk, of a person's share of it
NO_ROOM = FULL | {EFBIG}  # or of one file, for a process that was set no bound of its own
