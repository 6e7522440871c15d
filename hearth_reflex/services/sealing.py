"""Keys of other servers, sealed before they are kept. Knows how, not whose they are.

The sealing key is derived from the house's own secret: who has the database alone cannot open anything, and after a new
secret the old seals stay shut for good.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hearth_reflex.errors import ProviderKeyError

_PURPOSE = b"hearth: keys of other servers, 1"


class Sealer:
    """Args:
    secret: the house's own secret, of any length.
    """

    def __init__(self, secret: bytes) -> None:
        key = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret)
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    def seal(self, key: str) -> str:
        """`key` as it may be kept; "" stays "": there is nothing to hide."""
        return self._fernet.encrypt(key.encode()).decode() if key else ""

    def open(self, sealed: str) -> str:
        """Raises ProviderKeyError `provider_key_lost` when it was sealed under another secret, or damaged."""
        if not sealed:
            return ""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except (InvalidToken, UnicodeError):
            raise ProviderKeyError("provider_key_lost") from None
