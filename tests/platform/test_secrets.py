"""Secrets at rest."""

import pytest

from stoa.platform.secrets import SecretUnreadable, seal, unseal

KEY = bytes(range(32))


def test_opens_with_its_key_for_its_purpose_only() -> None:
    sealed = seal(KEY, b"hunter2", purpose="inbox:1")
    assert b"hunter2" not in sealed
    assert sealed != seal(KEY, b"hunter2", purpose="inbox:1")
    assert unseal(KEY, sealed, purpose="inbox:1") == b"hunter2"
    for key, changed, purpose in (
        (KEY[::-1], sealed, "inbox:1"),
        (KEY, sealed, "inbox:2"),
        (KEY, sealed[:-1] + bytes([sealed[-1] ^ 1]), "inbox:1"),
        (KEY, b"", "inbox:1"),
    ):
        with pytest.raises(SecretUnreadable):
            unseal(key, changed, purpose=purpose)
