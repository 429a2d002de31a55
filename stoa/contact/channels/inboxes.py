"""Inboxes: made, changed, switched, and opened for whoever holds their line."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from stoa.contact.channels import forms
from stoa.contact.channels.errors import ChannelUnknown, InboxInUse
from stoa.contact.channels.installed import channel_types
from stoa.contact.channels.models import HELD_BACK, Inbox
from stoa.contact.channels.protocol import Account, ChannelType, Provider
from stoa.people.customers.models import PointKind
from stoa.people.identity.service import record_audit
from stoa.platform.clock import now
from stoa.platform.config import Settings
from stoa.platform.database.session import ReadSession, Row, Session
from stoa.platform.errors import InvalidInput, NotFound
from stoa.platform.ids import new_id
from stoa.platform.secrets import seal, unseal

COLUMNS = """id, shop_id, channel, name, address, settings, secrets, is_on, is_down, trouble,
    last_in_at, last_out_at, created_at, version"""


def _inbox(row: Row) -> Inbox:
    return Inbox(**row)


def type_of(code: str) -> ChannelType:
    """Raises:
    ChannelUnknown: none of this code is installed.
    """
    try:
        return channel_types()[code]
    except KeyError as error:
        raise ChannelUnknown(channel=code) from error


async def get_inbox(session: ReadSession, *, inbox_id: UUID) -> Inbox:
    """Raises:
    NotFound: there is none.
    """
    row = await session.fetch_one(f"SELECT {COLUMNS} FROM inbox WHERE id = $1", inbox_id)
    if row is None:
        raise NotFound()
    return _inbox(row)


async def list_inboxes(
    session: ReadSession, *, shop_id: UUID | None = None, is_on: bool | None = None
) -> list[Inbox]:
    """By shop and age."""
    rows = await session.fetch(
        f"SELECT {COLUMNS} FROM inbox WHERE ($1::uuid IS NULL OR shop_id = $1)"
        " AND ($2::boolean IS NULL OR is_on = $2) ORDER BY shop_id, created_at, id",
        shop_id,
        is_on,
    )
    return [_inbox(row) for row in rows]


async def broken_count(session: ReadSession, *, since: datetime) -> int:
    """How many inboxes are on, and have not worked since then or longer."""
    count: int = await session.fetch_value(
        "SELECT count(*) FROM inbox WHERE is_on AND is_down"
        " AND (trouble ->> 'since')::timestamptz <= $1",
        since,
    )
    return count


async def inbox_for(
    session: ReadSession, *, shop_id: UUID, kind: PointKind, preferred: UUID | None = None
) -> Inbox | None:
    """The shop's first inbox that reaches addresses of this kind, or the preferred one if it does;
    None when it has none."""
    fitting = [
        inbox
        for inbox in await list_inboxes(session, shop_id=shop_id, is_on=True)
        if type_of(inbox.channel).capabilities.point is kind
    ]
    return next((inbox for inbox in fitting if inbox.id == preferred), next(iter(fitting), None))


def secret_paths(inbox: Inbox, *, key: bytes) -> list[str]:
    """Which secrets are known, by their path; never what they are."""
    return sorted(_secrets(inbox, key=key))


def _secrets(inbox: Inbox, *, key: bytes) -> dict[str, str]:
    if inbox.secrets is None:
        return {}
    opened: dict[str, str] = json.loads(unseal(key, inbox.secrets, purpose=f"inbox:{inbox.id}"))
    return opened


def account_of(inbox: Inbox, *, settings: Settings) -> Account:
    """The inbox as its channel sees it, its secrets in clear.

    Raises:
        SecretUnreadable: `secret.key` is not the one they were sealed with.
        InvalidInput: the settings no longer fit the channel.
    """
    kind = type_of(inbox.channel).settings
    key = settings.secret_key
    # Asked for with every message that comes in, and dear to make: secrets, keys, certificates.
    known = _accounts.get(inbox.id)
    if known is not None and known[0] == (inbox.version, key, settings.base_url, kind):
        return known[1]
    account = Account(
        id=inbox.id,
        shop_id=inbox.shop_id,
        name=inbox.name,
        address=inbox.address,
        settings=forms.join(kind, plain=inbox.settings, secrets=_secrets(inbox, key=key)),
        token_key=key,
        base_url=settings.base_url,
    )
    _accounts[inbox.id] = ((inbox.version, key, settings.base_url, kind), account)
    return account


_accounts: dict[UUID, tuple[tuple[object, ...], Account]] = {}


async def add_inbox(
    session: Session,
    *,
    shop_id: UUID,
    channel: str,
    name: str,
    settings: dict[str, Any],
    staff_id: UUID | None,
    key: bytes,
) -> Inbox:
    """The shop has one more inbox, switched on.

    Raises:
        ChannelUnknown, InvalidInput: nothing was made.
    """
    channel_type = type_of(channel)
    wanted = forms.join(channel_type.settings, plain=settings, secrets={})
    plain, secrets = forms.split(wanted)
    inbox_id, moment = new_id(), now()
    row = await session.fetch_one(
        "INSERT INTO inbox (id, shop_id, channel, name, address, settings, secrets, created_at,"
        f" updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) RETURNING {COLUMNS}",
        inbox_id,
        shop_id,
        channel,
        name,
        channel_type.address_of(wanted),
        plain,
        _sealed(secrets, inbox_id=inbox_id, key=key),
        moment,
    )
    assert row is not None
    await _audit(session, staff_id=staff_id, action="inbox.added", inbox_id=inbox_id)
    return _inbox(row)


async def change_inbox(
    session: Session,
    *,
    inbox_id: UUID,
    name: str,
    settings: dict[str, Any],
    staff_id: UUID,
    key: bytes,
) -> Inbox:
    """The inbox is as sent; a secret that was left empty stays what it was.

    Raises:
        NotFound, InvalidInput: nothing was changed.
    """
    await session.fetch_value("SELECT id FROM inbox WHERE id = $1 FOR UPDATE", inbox_id)
    inbox = await get_inbox(session, inbox_id=inbox_id)
    channel_type = type_of(inbox.channel)
    known = forms.kept(
        channel_type.settings,
        secrets=_secrets(inbox, key=key),
        before=inbox.settings,
        after=settings,
    )
    wanted = forms.join(channel_type.settings, plain=settings, secrets=known)
    plain, secrets = forms.split(wanted)
    row = await session.fetch_one(
        "UPDATE inbox SET name = $2, address = $3, settings = $4, secrets = $5, is_down = false,"
        " trouble = NULL, updated_at = $6, version = version + 1 WHERE id = $1"
        f" RETURNING {COLUMNS}",
        inbox_id,
        name,
        channel_type.address_of(wanted),
        plain,
        _sealed(secrets, inbox_id=inbox_id, key=key),
        now(),
    )
    assert row is not None
    await _follow_provider(session, inbox, channel_type.provider(wanted))
    await hasten(session, inbox_id=inbox_id)
    await _audit(session, staff_id=staff_id, action="inbox.changed", inbox_id=inbox_id)
    return _inbox(row)


async def begin_anew(session: Session, *, inbox_id: UUID, version: int | None = None) -> bool:
    """Whoever holds the inbox's line lets it go and begins it again, whatever was wrong with it.
    False: it is not at this version any more, and nothing was done."""
    count = await session.execute(
        "UPDATE inbox SET is_down = false, trouble = NULL, updated_at = $2, version = version + 1"
        " WHERE id = $1 AND version = coalesce($3, version)",
        inbox_id,
        now(),
        version,
    )
    await session.execute("SELECT pg_notify('stoa_lines', '')")
    return count == 1


async def hasten(session: Session, *, inbox_id: UUID) -> None:
    """What did not leave is tried at once: what was wrong with the line has been mended, perhaps.
    What waits for the morning goes on waiting."""
    await session.execute(
        "UPDATE delivery SET next_try_at = $2 WHERE inbox_id = $1 AND state = 'queued'"
        " AND next_try_at > $2 AND problem ->> 'reason' <> $3",
        inbox_id,
        now(),
        HELD_BACK,
    )


async def _follow_provider(session: Session, before: Inbox, provider: Provider | None) -> None:
    """What was granted to another program, or at another provider, is forgotten; what still counts
    is tried again at once, perhaps with the right secret now."""
    channel_type = type_of(before.channel)
    try:
        settings = forms.join(channel_type.settings, plain=before.settings, secrets={})
        known = channel_type.provider(settings)
    except InvalidInput:  # of an older form
        known = None
    if provider is not None and provider.is_same_grant(known):
        await session.execute(
            "UPDATE inbox_grant SET failures = 0, retry_at = NULL WHERE inbox_id = $1", before.id
        )
    else:
        await session.execute("DELETE FROM inbox_grant WHERE inbox_id = $1", before.id)


async def switch_inbox(session: Session, *, inbox_id: UUID, is_on: bool, staff_id: UUID) -> None:
    """The inbox takes in and sends, or does neither; what waits stays where it is.

    Raises:
        NotFound: there is none.
    """
    count = await session.execute(
        "UPDATE inbox SET is_on = $2, is_down = false, trouble = NULL, updated_at = $3,"
        " version = version + 1 WHERE id = $1",
        inbox_id,
        is_on,
        now(),
    )
    if count == 0:
        raise NotFound()
    action = "inbox.switched_on" if is_on else "inbox.switched_off"
    await _audit(session, staff_id=staff_id, action=action, inbox_id=inbox_id)


async def drop_inbox(session: Session, *, inbox_id: UUID, staff_id: UUID) -> None:
    """The inbox is gone.

    Raises:
        InboxInUse: something came or left by it.
        NotFound: there is none.
    """
    try:
        async with session.connection.transaction():
            count = await session.execute("DELETE FROM inbox WHERE id = $1", inbox_id)
    except asyncpg.ForeignKeyViolationError as error:
        raise InboxInUse() from error
    if count == 0:
        raise NotFound()
    await _audit(session, staff_id=staff_id, action="inbox.dropped", inbox_id=inbox_id)


async def tell_health(
    session: Session, *, inbox_id: UUID, version: int, trouble: dict[str, Any] | None
) -> None:
    """The inbox shows what is wrong with its line, or nothing. `since` is when it broke first. What
    is said of a line by other settings than today's is not heard."""
    await session.execute(
        "UPDATE inbox SET is_down = $2::jsonb IS NOT NULL, trouble = CASE"
        " WHEN $2::jsonb IS NULL THEN NULL"
        " ELSE $2 || jsonb_build_object('since', coalesce(trouble ->> 'since', $3::text)) END"
        " WHERE id = $1 AND version = $4",
        inbox_id,
        trouble,
        now().isoformat(),
        version,
    )


def _sealed(secrets: dict[str, str], *, inbox_id: UUID, key: bytes) -> bytes | None:
    if not secrets:
        return None
    return seal(key, json.dumps(secrets).encode(), purpose=f"inbox:{inbox_id}")


async def _audit(session: Session, *, staff_id: UUID | None, action: str, inbox_id: UUID) -> None:
    # Whoever holds lines looks again.
    await session.execute("SELECT pg_notify('stoa_lines', '')")
    if staff_id is not None:
        await record_audit(
            session, staff_id=staff_id, action=action, subject=f"inbox:{inbox_id}", details={}
        )
