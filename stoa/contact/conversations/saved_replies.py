"""Saved replies: texts with variables, in the shop's languages, under a shortcut."""

from pathlib import Path
from uuid import UUID

from pydantic import TypeAdapter

from stoa.contact.conversations.errors import ShortcutTaken
from stoa.contact.conversations.schemas import SavedReplyInput, SavedReplyView
from stoa.people.identity.service import record_audit
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.errors import NotFound
from stoa.platform.ids import new_id

DEMO_REPLIES = Path(__file__).with_name("demo_replies.json")
_DEMO = TypeAdapter(list[SavedReplyInput])
COLUMNS = "id, shop_id, shortcut, title, bodies, updated_at"


async def save_reply(
    session: Session, *, shop_id: UUID, staff_id: UUID, reply: SavedReplyInput
) -> SavedReplyView:
    """The shop has the reply.

    Raises:
        ShortcutTaken: the shop has another one under this shortcut.
        NotFound: no such shop.
    """
    row = await session.fetch_one(
        "INSERT INTO saved_reply (id, shop_id, shortcut, title, bodies, staff_id, updated_at)"
        " SELECT $1, s.id, $3, $4, $5, $6, $7 FROM shop s WHERE s.id = $2"
        f" ON CONFLICT (shop_id, shortcut) DO NOTHING RETURNING {COLUMNS}",
        new_id(),
        shop_id,
        reply.shortcut,
        reply.title,
        reply.bodies,
        staff_id,
        now(),
    )
    if row is None:
        if await session.fetch_value("SELECT EXISTS (SELECT FROM shop WHERE id = $1)", shop_id):
            raise ShortcutTaken()
        raise NotFound()
    await _audit(session, staff_id=staff_id, action="saved_reply.made", reply_id=row["id"])
    return SavedReplyView.model_validate(dict(row))


async def add_demo_replies(session: Session, *, shop_id: UUID) -> None:
    """The demo shop has a few replies to try, in all languages; those it has already stay."""
    for reply in _DEMO.validate_json(DEMO_REPLIES.read_bytes()):
        await session.execute(
            "INSERT INTO saved_reply (id, shop_id, shortcut, title, bodies, updated_at)"
            " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (shop_id, shortcut) DO NOTHING",
            new_id(),
            shop_id,
            reply.shortcut,
            reply.title,
            reply.bodies,
            now(),
        )


async def change_reply(
    session: Session, *, reply_id: UUID, staff_id: UUID, reply: SavedReplyInput
) -> SavedReplyView:
    """The reply is as given.

    Raises:
        NotFound: no such reply.
        ShortcutTaken: its shop has another one under this shortcut.
    """
    if await session.fetch_value(
        "SELECT EXISTS (SELECT FROM saved_reply a JOIN saved_reply b ON b.shop_id = a.shop_id"
        " WHERE a.id = $1 AND b.id <> $1 AND b.shortcut = $2)",
        reply_id,
        reply.shortcut,
    ):
        raise ShortcutTaken()
    row = await session.fetch_one(
        "UPDATE saved_reply SET shortcut = $2, title = $3, bodies = $4, staff_id = $5,"
        f" updated_at = $6 WHERE id = $1 RETURNING {COLUMNS}",
        reply_id,
        reply.shortcut,
        reply.title,
        reply.bodies,
        staff_id,
        now(),
    )
    if row is None:
        raise NotFound()
    await _audit(session, staff_id=staff_id, action="saved_reply.changed", reply_id=reply_id)
    return SavedReplyView.model_validate(dict(row))


async def drop_reply(session: Session, *, reply_id: UUID, staff_id: UUID) -> None:
    """Raises:
    NotFound: no such reply.
    """
    if not await session.execute("DELETE FROM saved_reply WHERE id = $1", reply_id):
        raise NotFound()
    await _audit(session, staff_id=staff_id, action="saved_reply.dropped", reply_id=reply_id)


async def _audit(session: Session, *, staff_id: UUID, action: str, reply_id: UUID) -> None:
    await record_audit(session, staff_id=staff_id, action=action, subject=str(reply_id))
