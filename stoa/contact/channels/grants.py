"""What a person granted at a provider: kept encrypted, renewed in time, by one process at a time.

No transaction is open while the provider is asked. Whoever asks has claimed the row for a while,
and stores what came back only if nobody has signed in anew meanwhile.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

import structlog

from stoa.contact.channels import oauth
from stoa.contact.channels.inboxes import account_of, begin_anew, get_inbox, type_of
from stoa.contact.channels.models import Inbox
from stoa.contact.channels.oauth import GrantEnded, Tokens
from stoa.contact.channels.protocol import Account, Provider, SendProblem, TryLater
from stoa.contact.channels.schemas import ConnectionView
from stoa.people.identity.service import record_audit
from stoa.platform.clock import now
from stoa.platform.config import Settings
from stoa.platform.database.session import SERVER_AWAY, ReadSession, Session
from stoa.platform.errors import DomainError
from stoa.platform.node import Node
from stoa.platform.secrets import SecretUnreadable, seal, unseal

log = structlog.get_logger()

# A token is renewed so long before its end, or when four fifths of its time are over.
EARLY: Final = timedelta(minutes=5)
# One that is younger is not to blame when a server refuses it.
FRESH: Final = timedelta(minutes=2)
# How long whoever asks a provider may take, and then some for storing the answer.
CLAIM: Final = timedelta(seconds=oauth.ANSWER_SECONDS + 25)
WAIT_SECONDS: Final = 30.0
LOOK_EVERY_SECONDS: Final = 0.1
STORE_SECONDS: Final = 20.0
# After the first failure, the second ...: the last one goes on.
BACKOFF: Final = tuple(timedelta(seconds=each) for each in (30, 60, 120, 300, 900))
# It is asked again all the same: what is wrong may have been mended at the provider.
_FOR_PERSONS: Final = frozenset({"oauth_keys", "oauth_refused"})


@dataclass(frozen=True, slots=True)
class Grant:
    owner: str
    tokens: bytes
    issued_at: datetime
    renew_at: datetime
    ends_at: datetime
    generation: int
    failures: int
    retry_at: datetime | None
    problem: dict[str, Any] | None
    ended_at: datetime | None
    connected_at: datetime


_COLUMNS = """owner, tokens, issued_at, renew_at, ends_at, generation, failures, retry_at, problem,
    ended_at, connected_at"""


async def get_grant(session: ReadSession, *, inbox_id: UUID, is_held: bool = False) -> Grant | None:
    """`is_held`: as the newest renewal left it, and this transaction's to change."""
    row = await session.fetch_one(
        f"SELECT {_COLUMNS} FROM inbox_grant WHERE inbox_id = $1{' FOR UPDATE' * is_held}",
        inbox_id,
    )
    return Grant(**row) if row else None


async def connection_of(
    session: ReadSession, inbox: Inbox, *, settings: Settings
) -> ConnectionView | None:
    """How the inbox's sign-in at its provider stands; None: it has none."""
    try:
        provider = type_of(inbox.channel).provider(account_of(inbox, settings=settings).settings)
    except (SecretUnreadable, DomainError):
        return None  # the line says so
    if provider is None:
        return None
    grant = await get_grant(session, inbox_id=inbox.id)
    if grant is None:
        return ConnectionView(provider=provider.name, state="none", owner="", since=None)
    return ConnectionView(
        provider=provider.name,
        state="connected" if grant.ended_at is None else "ended",
        owner=grant.owner,
        since=grant.connected_at if grant.ended_at is None else grant.ended_at,
    )


def opened_account(node: Node, inbox: Inbox) -> Account:
    """The inbox as its channel opens a line with it: it signs in where it has to.

    Raises:
        SecretUnreadable, InvalidInput: as `account_of`.
    """
    account = account_of(inbox, settings=node.settings)
    provider = type_of(inbox.channel).provider(account.settings)
    if provider is None:
        return account
    return replace(account, access=partial(access_token, node, inbox.id, provider))


async def access_token(node: Node, inbox_id: UUID, provider: Provider, refused: str = "") -> str:
    """A token for some minutes at least; see `protocol.Access`.

    Raises:
        TryLater: there is none, and the provider is not asked more often for it.
    """
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until:
        async with node.database.read() as session:
            grant = await get_grant(session, inbox_id=inbox_id)
        if grant is None:
            raise _needs_person("oauth_not_connected", provider)
        if grant.ended_at is not None:
            raise _ended(grant, provider)
        token = _opened(node.settings.secret_key, inbox_id, grant, provider)["access"]
        is_good = now() < grant.ends_at and not _is_refused(token, grant, refused)
        if is_good and not _is_due(grant):
            return token
        _refuse_while_waiting(grant, provider)
        if await _claim(node, inbox_id=inbox_id, grant=grant):
            try:
                return await _uncancelled(_renewed(node, inbox_id, grant, provider))
            except GrantEnded:
                raise
            except TryLater:
                if not is_good:
                    raise
        if is_good:  # to its end, whoever renews it
            return token
        await asyncio.sleep(LOOK_EVERY_SECONDS)
    raise TryLater("oauth_away", provider=provider.name)


def _is_refused(token: str, grant: Grant, refused: str) -> bool:
    return token == refused and now() - grant.issued_at >= FRESH


def _is_due(grant: Grant) -> bool:
    at = now()
    return at >= grant.renew_at and not (grant.retry_at and at < grant.retry_at)


def _needs_person(reason: str, provider: Provider, *, text: str = "") -> TryLater:
    problem = TryLater(reason, text=text, provider=provider.name)
    problem.needs_person = True
    return problem


def _ended(grant: Grant, provider: Provider) -> TryLater:
    return _needs_person("oauth_ended", provider, text=str((grant.problem or {}).get("text", "")))


def _refuse_while_waiting(grant: Grant, provider: Provider) -> None:
    """
    Raises:
        TryLater: the provider was asked just now, and gave nothing.
    """
    if grant.retry_at is None or now() >= grant.retry_at:
        return
    said = {name: str(value) for name, value in (grant.problem or {}).items()}
    reason, code, text = (said.get(name, "") for name in ("reason", "code", "text"))
    problem = TryLater(reason, code=code, text=text, provider=provider.name)
    problem.needs_person = reason in _FOR_PERSONS
    problem.after = grant.retry_at - now()
    raise problem


# ---- renewing -----------------------------------------------------------------------------------


async def _claim(node: Node, *, inbox_id: UUID, grant: Grant) -> bool:
    """Whether it is this process that asks; whoever did and died is followed after a while."""
    async with node.database.begin() as session:
        count = await session.execute(
            "UPDATE inbox_grant SET claimed_until = $3 WHERE inbox_id = $1 AND generation = $2"
            " AND ended_at IS NULL AND (claimed_until IS NULL OR claimed_until < $4)"
            # Whoever had it claimed until just now may have been given nothing.
            " AND (retry_at IS NULL OR retry_at <= $4)",
            inbox_id,
            grant.generation,
            now() + CLAIM,
            now(),
        )
    return count == 1


async def _uncancelled(work: Coroutine[Any, Any, str]) -> str:
    """What was asked for is stored even if nobody waits for it any more: the refresh token that it
    was asked with may be worth nothing now."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task}, timeout=oauth.ANSWER_SECONDS)
        raise


async def _renewed(node: Node, inbox_id: UUID, grant: Grant, provider: Provider) -> str:
    known = _opened(node.settings.secret_key, inbox_id, grant, provider)
    try:
        tokens = await oauth.refresh(provider, refresh_token=known["refresh"])
    except TryLater as problem:
        await _until_stored(partial(_store_failure, node, inbox_id, grant, problem, provider))
        log.warning("oauth.not_renewed", inbox_id=str(inbox_id), reason=problem.reason)
        raise
    await _until_stored(partial(_store_renewed, node, inbox_id, grant, tokens, known["refresh"]))
    log.info("oauth.renewed", inbox_id=str(inbox_id))
    return tokens.access_token.get_secret_value()


async def _until_stored(store: Callable[[], Awaitable[None]]) -> None:
    """The database may be away for a moment, and what came back exists only here."""
    until = time.monotonic() + STORE_SECONDS
    while True:
        try:
            await store()
        except SERVER_AWAY:
            if time.monotonic() > until:
                raise
            await asyncio.sleep(0.5)
        else:
            return


async def _store_renewed(
    node: Node, inbox_id: UUID, grant: Grant, tokens: Tokens, refresh_token: str
) -> None:
    newer = tokens.refresh_token.get_secret_value() if tokens.refresh_token else ""
    issued_at, renew_at, ends_at = times_of(tokens, at=now())
    async with node.database.begin() as session:
        await session.execute(
            "UPDATE inbox_grant SET tokens = $3, issued_at = $4, renew_at = $5, ends_at = $6,"
            " generation = generation + 1, claimed_until = NULL, failures = 0, retry_at = NULL,"
            " problem = NULL WHERE inbox_id = $1 AND generation = $2",
            inbox_id,
            grant.generation,
            seal_tokens(
                node.settings.secret_key,
                inbox_id,
                refresh=newer or refresh_token,
                access=tokens.access_token.get_secret_value(),
            ),
            issued_at,
            renew_at,
            ends_at,
        )


async def _store_failure(
    node: Node, inbox_id: UUID, grant: Grant, problem: TryLater, provider: Provider
) -> None:
    at = now()
    wait = BACKOFF[min(grant.failures, len(BACKOFF) - 1)]
    async with node.database.begin() as session:
        # Held before the settings are looked at: whoever changes them wants it tried again at once.
        await session.execute("SELECT FROM inbox_grant WHERE inbox_id = $1 FOR UPDATE", inbox_id)
        has_ended = isinstance(problem, GrantEnded)
        counts = has_ended or await _is_still(session, node, inbox_id, provider)
        await session.execute(
            "UPDATE inbox_grant SET claimed_until = NULL, failures = failures + $6, retry_at = $3,"
            " problem = $4, ended_at = $5 WHERE inbox_id = $1 AND generation = $2",
            inbox_id,
            grant.generation,
            at + max(wait, problem.after or wait) if counts else None,
            said_of(problem) if counts else None,
            at if has_ended else None,
            int(counts),
        )


async def _is_still(session: ReadSession, node: Node, inbox_id: UUID, provider: Provider) -> bool:
    """Whether the inbox signs in there, and as that program, with that secret."""
    try:
        inbox = await get_inbox(session, inbox_id=inbox_id)
        account = account_of(inbox, settings=node.settings)
    except (SecretUnreadable, DomainError):
        return False
    return type_of(inbox.channel).provider(account.settings) == provider


def said_of(problem: SendProblem) -> dict[str, Any]:
    return {
        "reason": problem.reason,
        "params": dict(problem.params),
        "code": problem.code,
        "text": problem.text[:300],
    }


def times_of(tokens: Tokens, *, at: datetime) -> tuple[datetime, datetime, datetime]:
    """(issued, to be renewed, ended)."""
    lasts = timedelta(seconds=tokens.expires_in)
    return at, at + lasts - min(EARLY, lasts / 5), at + lasts


# ---- kept ---------------------------------------------------------------------------------------


def seal_tokens(key: bytes, inbox_id: UUID, *, refresh: str, access: str) -> bytes:
    plain = json.dumps({"refresh": refresh, "access": access}).encode()
    return seal(key, plain, purpose=f"grant:{inbox_id}")


def _opened(key: bytes, inbox_id: UUID, grant: Grant, provider: Provider) -> Mapping[str, str]:
    try:
        opened: dict[str, str] = json.loads(unseal(key, grant.tokens, purpose=f"grant:{inbox_id}"))
    except SecretUnreadable as error:  # another `secret.key`: only a person gets a new one
        raise _needs_person("oauth_not_connected", provider) from error
    return opened


@dataclass(frozen=True, slots=True)
class Released:
    """What nobody here goes by any more, and is good at the provider until it is given back."""

    provider: Provider
    refresh_token: str = field(repr=False)


async def forget_grant(
    session: Session, *, inbox_id: UUID, staff_id: UUID, settings: Settings
) -> Released | None:
    """Nobody is signed in for the inbox any more; its line stops, and what is to leave waits.

    Raises:
        NotFound: no such inbox.
    """
    inbox = await get_inbox(session, inbox_id=inbox_id)
    grant = await get_grant(session, inbox_id=inbox_id, is_held=True)
    if grant is None:
        return None
    await session.execute("DELETE FROM inbox_grant WHERE inbox_id = $1", inbox_id)
    await begin_anew(session, inbox_id=inbox_id)
    await record_audit(
        session,
        staff_id=staff_id,
        action="inbox.disconnected",
        subject=f"inbox:{inbox_id}",
    )
    return _released(inbox, grant, settings)


def _released(inbox: Inbox, grant: Grant, settings: Settings) -> Released | None:
    """None where nobody can read any more what was kept."""
    try:
        provider = type_of(inbox.channel).provider(account_of(inbox, settings=settings).settings)
        if provider is None:
            return None
        known = _opened(settings.secret_key, inbox.id, grant, provider)
    except (SecretUnreadable, DomainError, TryLater):
        return None
    return Released(provider, known["refresh"])


async def keep_grant(
    session: Session,
    *,
    inbox_id: UUID,
    tokens: Tokens,
    staff_id: UUID,
    key: bytes,
) -> None:
    """What was granted just now takes the place of whatever was known before."""
    assert tokens.refresh_token is not None  # `exchange` gives no others
    issued_at, renew_at, ends_at = times_of(tokens, at=now())
    await session.execute(
        "INSERT INTO inbox_grant AS g (inbox_id, owner, tokens, issued_at, renew_at, ends_at,"
        " connected_at, connected_by) VALUES ($1, $2, $3, $4, $5, $6, $4, $7)"
        " ON CONFLICT (inbox_id) DO UPDATE SET owner = excluded.owner, tokens = excluded.tokens,"
        " issued_at = excluded.issued_at, renew_at = excluded.renew_at, ends_at = excluded.ends_at,"
        " generation = g.generation + 1, claimed_until = NULL, failures = 0, retry_at = NULL,"
        " problem = NULL, ended_at = NULL, connected_at = excluded.connected_at,"
        " connected_by = excluded.connected_by",
        inbox_id,
        oauth.owner_of(tokens),
        seal_tokens(
            key,
            inbox_id,
            refresh=tokens.refresh_token.get_secret_value(),
            access=tokens.access_token.get_secret_value(),
        ),
        issued_at,
        renew_at,
        ends_at,
        staff_id,
    )
