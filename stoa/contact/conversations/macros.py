"""Macros: a saved reply and acts under one name and key."""

from uuid import UUID

import asyncpg

from stoa.contact.conversations.errors import EmptyMacro, MacroTaken
from stoa.contact.conversations.schemas.desk import MacroInput, MacroView
from stoa.people.identity.service import record_audit
from stoa.platform.clock import now
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.errors import NotFound
from stoa.platform.ids import new_id

COLUMNS = "id, shop_id, name, digit, reply_id, acts, updated_at"


async def list_macros(session: ReadSession) -> list[MacroView]:
    """Every shop's macros: those with a key first, by it, then by name."""
    rows = await session.fetch(
        f"SELECT {COLUMNS} FROM macro ORDER BY digit NULLS LAST, lower(name), id"
    )
    return [MacroView.model_validate(dict(row)) for row in rows]


async def save_macro(
    session: Session, *, shop_id: UUID, staff_id: UUID, form: MacroInput
) -> MacroView:
    """The shop has the macro.

    Raises:
        EmptyMacro: it would do nothing.
        MacroTaken: the shop has another one of this name or key.
        NotFound: no such shop, or no such reply there.
    """
    await _check(session, shop_id=shop_id, macro_id=None, form=form)
    row = await session.fetch_one(
        "INSERT INTO macro (id, shop_id, name, digit, reply_id, acts, staff_id, updated_at)"
        " SELECT $1, s.id, $3, $4, $5, $6, $7, $8 FROM shop s WHERE s.id = $2"
        f" ON CONFLICT DO NOTHING RETURNING {COLUMNS}",
        new_id(),
        shop_id,
        form.name,
        form.digit,
        form.reply_id,
        [act.model_dump(mode="json") for act in form.acts],
        staff_id,
        now(),
    )
    if row is None:
        if await session.fetch_value("SELECT EXISTS (SELECT FROM shop WHERE id = $1)", shop_id):
            raise MacroTaken()  # made since we looked
        raise NotFound()
    await record_audit(session, staff_id=staff_id, action="macro.made", subject=str(row["id"]))
    return MacroView.model_validate(dict(row))


async def change_macro(
    session: Session, *, macro_id: UUID, staff_id: UUID, form: MacroInput
) -> MacroView:
    """The macro is as given.

    Raises:
        EmptyMacro: it would do nothing.
        MacroTaken: its shop has another one of this name or key.
        NotFound: no such macro, or no such reply in its shop.
    """
    shop_id = await session.fetch_value(
        "SELECT shop_id FROM macro WHERE id = $1 FOR UPDATE", macro_id
    )
    if shop_id is None:
        raise NotFound()
    await _check(session, shop_id=shop_id, macro_id=macro_id, form=form)
    try:
        row = await session.fetch_one(
            "UPDATE macro SET name = $2, digit = $3, reply_id = $4, acts = $5, staff_id = $6,"
            f" updated_at = $7 WHERE id = $1 RETURNING {COLUMNS}",
            macro_id,
            form.name,
            form.digit,
            form.reply_id,
            [act.model_dump(mode="json") for act in form.acts],
            staff_id,
            now(),
        )
    except asyncpg.UniqueViolationError as error:
        raise MacroTaken() from error  # made since we looked
    assert row is not None
    await record_audit(session, staff_id=staff_id, action="macro.changed", subject=str(macro_id))
    return MacroView.model_validate(dict(row))


async def drop_macro(session: Session, *, macro_id: UUID, staff_id: UUID) -> None:
    """Raises:
    NotFound: no such macro.
    """
    if not await session.execute("DELETE FROM macro WHERE id = $1", macro_id):
        raise NotFound()
    await record_audit(session, staff_id=staff_id, action="macro.dropped", subject=str(macro_id))


async def _check(
    session: Session, *, shop_id: UUID, macro_id: UUID | None, form: MacroInput
) -> None:
    if form.reply_id is None and not form.acts:
        raise EmptyMacro()
    if form.reply_id is not None and not await session.fetch_value(
        "SELECT EXISTS (SELECT FROM saved_reply WHERE id = $1 AND shop_id = $2)",
        form.reply_id,
        shop_id,
    ):
        raise NotFound()
    if await session.fetch_value(
        "SELECT EXISTS (SELECT FROM macro WHERE shop_id = $1 AND id IS DISTINCT FROM $2"
        " AND (lower(name) = lower($3) OR digit = $4))",
        shop_id,
        macro_id,
        form.name,
        form.digit,
    ):
        raise MacroTaken()
