"""An inbox is connected by a person who signs in at its provider and comes back with a code.

The state that goes there and comes back is signed, lasts some minutes, works once, and belongs to
one inbox, its settings as they were, and the session of whoever began (RFC 9700 section 4.7).
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from stoa.contact.channels import oauth
from stoa.contact.channels.errors import NothingToSignIn, SignInStale
from stoa.contact.channels.grants import keep_grant, said_of
from stoa.contact.channels.inboxes import account_of, begin_anew, get_inbox, hasten, type_of
from stoa.contact.channels.models import Inbox
from stoa.contact.channels.protocol import Provider, TryLater
from stoa.contact.channels.schemas import SignedIn, SignInAnswer, Trouble
from stoa.people.identity.models import SignedIn as Person
from stoa.people.identity.service import record_audit
from stoa.platform.clock import now
from stoa.platform.config import Settings
from stoa.platform.database.session import Session
from stoa.platform.node import Node
from stoa.platform.secrets import seal, unseal

LASTS: Final = timedelta(minutes=15)
REDIRECT_PATH: Final = "/desk/channels/sign-in"


def redirect_url(settings: Settings) -> str:
    """What is registered at every provider: the page of the desk that they send back to."""
    return f"{settings.base_url}{REDIRECT_PATH}"


def _provider_of(inbox: Inbox, settings: Settings) -> Provider:
    provider = type_of(inbox.channel).provider(account_of(inbox, settings=settings).settings)
    if provider is None:
        raise NothingToSignIn()
    return provider


async def begin_sign_in(
    session: Session, *, inbox_id: UUID, person: Person, settings: Settings
) -> str:
    """The address at the provider where this person signs in; for some minutes, and once.

    Raises:
        NotFound: no such inbox.
        NothingToSignIn: it has no provider.
    """
    inbox = await get_inbox(session, inbox_id=inbox_id)
    provider = _provider_of(inbox, settings)
    nonce, verifier = secrets.token_urlsafe(32), oauth.new_verifier()
    await session.execute("DELETE FROM inbox_sign_in WHERE expires_at < $1", now())
    await session.execute(
        "INSERT INTO inbox_sign_in (nonce_hash, inbox_id, inbox_version, session_id, verifier,"
        " expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
        _hash(nonce),
        inbox.id,
        inbox.version,
        person.session_id,
        seal(settings.secret_key, verifier.encode(), purpose=f"sign-in:{inbox.id}"),
        now() + LASTS,
    )
    return oauth.sign_in_url(
        provider,
        redirect_url=redirect_url(settings),
        state=_state(settings.secret_key, inbox.id, person.session_id, nonce),
        challenge=oauth.challenge_of(verifier),
    )


def _hash(nonce: str) -> bytes:
    return hashlib.sha256(nonce.encode()).digest()


def _state(key: bytes, inbox_id: UUID, session_id: UUID, nonce: str) -> str:
    said = f"sign-in {inbox_id.hex} {session_id.hex} {nonce}"
    signature = hmac.new(key, said.encode(), hashlib.sha256).hexdigest()
    return f"{inbox_id.hex}.{nonce}.{signature}"


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that came back to whoever began it. It cannot come back again."""

    inbox: Inbox
    provider: Provider
    verifier: str


async def take_sign_in(
    session: Session, *, state: str, person: Person, settings: Settings
) -> Begun:
    """The sign-in is used up.

    Raises:
        SignInStale: it is not this person's, is over, or its inbox has changed; it stays as it is.
    """
    inbox_hex, _, rest = state.partition(".")
    nonce = rest.partition(".")[0]
    try:
        inbox_id = UUID(inbox_hex)
    except ValueError as error:
        raise SignInStale() from error
    ours = _state(settings.secret_key, inbox_id, person.session_id, nonce)
    if not hmac.compare_digest(state.encode(), ours.encode()):
        raise SignInStale()
    row = await session.fetch_one(
        "DELETE FROM inbox_sign_in WHERE nonce_hash = $1 AND inbox_id = $2 AND session_id = $3"
        " AND expires_at > $4 RETURNING inbox_version, verifier",
        _hash(nonce),
        inbox_id,
        person.session_id,
        now(),
    )
    if row is None:
        raise SignInStale()
    inbox = await get_inbox(session, inbox_id=inbox_id)
    if inbox.version != row["inbox_version"]:
        raise SignInStale()
    purpose = f"sign-in:{inbox_id}"
    verifier = unseal(settings.secret_key, row["verifier"], purpose=purpose).decode()
    return Begun(inbox, _provider_of(inbox, settings), verifier)


async def finish_sign_in(
    node: Node, *, begun: Begun, answer: SignInAnswer, person: Person
) -> SignedIn:
    """The inbox is connected, its line begins, and what waited for it leaves; or it is said why
    not, and everything is as it was.

    Raises:
        SignInStale: the inbox was changed meanwhile.
    """
    inbox = begun.inbox
    try:
        tokens = await _granted(node, begun, answer)
    except TryLater as problem:
        return _said(inbox, problem)
    async with node.database.begin() as session:
        if not await begin_anew(session, inbox_id=inbox.id, version=inbox.version):
            raise SignInStale()
        await keep_grant(
            session,
            inbox_id=inbox.id,
            tokens=tokens,
            staff_id=person.staff.id,
            key=node.settings.secret_key,
        )
        await hasten(session, inbox_id=inbox.id)
        await record_audit(
            session,
            staff_id=person.staff.id,
            action="inbox.connected",
            subject=f"inbox:{inbox.id}",
        )
    return SignedIn(inbox_id=inbox.id, name=inbox.name, owner=oauth.owner_of(tokens), problem=None)


async def _granted(node: Node, begun: Begun, answer: SignInAnswer) -> oauth.Tokens:
    """
    Raises:
        TryLater
    """
    name = begun.provider.name
    if answer.error or not answer.code:
        reason = "oauth_denied" if answer.error == "access_denied" else "oauth_refused"
        text = " ".join(answer.error_description.split())[:300]
        raise TryLater(reason, code=answer.error[:100], text=text, provider=name)
    return await oauth.exchange(
        begun.provider,
        code=answer.code,
        verifier=begun.verifier,
        redirect_url=redirect_url(node.settings),
    )


def _said(inbox: Inbox, problem: TryLater) -> SignedIn:
    trouble = Trouble.model_validate(said_of(problem))
    return SignedIn(inbox_id=inbox.id, name=inbox.name, owner="", problem=trouble)
