"""Keys at rest: encrypted and authenticated (Fernet: AES-128-CBC, HMAC-SHA256) under a key made of the installation's secret.

The secret (SECRET_KEY, by default a file of the home that its owner alone reads) is in no table, so that a dump of the database opens
nothing. The owner's name is sealed in with the key: a row copied to somebody else opens nothing either.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from django.conf import settings

_PURPOSE = b"locuscope: keys to hosted models, 1"


def seal(visitor: str, key: str) -> str:
    """Text for the table."""
    return str(_fernet().encrypt(json.dumps([visitor, key]).encode()).decode())


def unseal(visitor: str, sealed: str) -> str | None:
    """The key; None where it was sealed for somebody else, under another secret, or was damaged."""
    from cryptography.fernet import InvalidToken

    try:
        owner, key = json.loads(_fernet().decrypt(sealed.encode()))
    except InvalidToken:
        return None
    return str(key) if owner == visitor else None


def _fernet() -> Any:
    from cryptography.fernet import Fernet
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(settings.SECRET_KEY.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
