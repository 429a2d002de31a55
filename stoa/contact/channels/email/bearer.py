"""Signing in with a token: XOAUTH2 (Google's and Microsoft's), and OAUTHBEARER (RFC 7628)."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal

from stoa.contact.channels.protocol import Account, TryLater

Mechanism = Literal["XOAUTH2", "OAUTHBEARER"]


class TokenRefused(TryLater):
    """The server does not take the token; a newer one may do."""


async def token_for(account: Account, refused: str = "") -> str | None:
    """What to sign in with, another than the one that was refused where there is one; None: a
    password.

    Raises:
        TryLater: there is none.
    """
    return await account.access(refused) if account.access else None


def mechanism_of(offered: Collection[str]) -> Mechanism | None:
    """Which of both to use; None: the server takes no tokens."""
    upper = {name.upper() for name in offered}
    if "XOAUTH2" in upper:
        return "XOAUTH2"
    return "OAUTHBEARER" if "OAUTHBEARER" in upper else None


@dataclass(slots=True)
class BearerSignIn:
    """One attempt: what is said first, what is said to an error, and what the error was."""

    mechanism: Mechanism
    user: str
    token: str = field(repr=False)
    host: str
    port: int
    error: str = ""
    _has_begun: bool = False

    @property
    def first(self) -> bytes:
        if self.mechanism == "XOAUTH2":
            return f"user={self.user}\1auth=Bearer {self.token}\1\1".encode()
        user = self.user.replace("=", "=3D").replace(",", "=2C")  # RFC 5801 section 4
        return (
            f"n,a={user},\1host={self.host}\1port={self.port}\1auth=Bearer {self.token}\1\1"
        ).encode()

    def answer(self, challenge: bytes) -> bytes:
        """What to say to the server: the token, and then, to its error, that it was heard. Only
        after that does the server end the attempt."""
        if not self._has_begun:
            self._has_begun = True
            return self.first
        self.error = read_error(challenge)
        return b"" if self.mechanism == "XOAUTH2" else b"\1"


def read_error(challenge: bytes) -> str:
    """What a server says of a token that it refuses: an object in JSON, or whatever else."""
    text = challenge.decode("utf-8", "replace")
    try:
        said = json.loads(text)
    except ValueError:
        return " ".join(text.split())[:200]
    if not isinstance(said, dict):
        return ""
    names = ("status", "error", "error_description", "scope")
    return " ".join(str(said[name]) for name in names if said.get(name))[:200]
