"""Secrets at rest: encrypted with a key that is not in the database."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = b"\x01"
NONCE_BYTES = 12


class SecretUnreadable(Exception):
    """Sealed with another key, for something else, or changed since: the data folder's
    `secret.key` is not the one that it was sealed with."""


def seal(key: bytes, plain: bytes, *, purpose: str) -> bytes:
    """`plain` encrypted and authenticated (AES-256-GCM, NIST SP 800-38D), for `purpose` only."""
    nonce = os.urandom(NONCE_BYTES)
    return VERSION + nonce + AESGCM(_derived(key)).encrypt(nonce, plain, purpose.encode())


def unseal(key: bytes, sealed: bytes, *, purpose: str) -> bytes:
    """What was sealed.

    Raises:
        SecretUnreadable: not with this key for this purpose.
    """
    nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    if sealed[:1] != VERSION:
        raise SecretUnreadable
    try:
        return AESGCM(_derived(key)).decrypt(nonce, body, purpose.encode())
    except InvalidTag as error:
        raise SecretUnreadable from error


def _derived(key: bytes) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=b"stoa secrets").derive(key)
