"""Credentials of a relay that run out by themselves, so that nobody keeps a list of users.

As coturn's `use-auth-secret` checks them: the user name says until when, the password is a
signature of it (draft-uberti-behave-turn-rest-00, section 2.2).
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Credentials:
    username: str
    password: str = field(repr=False)


def make_credentials(
    secret: str, *, user: str, at: datetime, lasts: timedelta
) -> tuple[Credentials, datetime]:
    """Good for new allocations until the returned time; what was allocated goes on after it.

    `make_credentials("north", user="leg", at=1970-01-01, lasts=60 s)` names the user `60:leg`.
    """
    until = at + lasts
    username = f"{int(until.timestamp())}:{user}"
    digest = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
    return Credentials(username, base64.b64encode(digest).decode()), until
