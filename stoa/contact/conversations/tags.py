"""Tags: a shop's words for what its conversations are about."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from stoa.contact.conversations.errors import TagTaken, TooManyTags
from stoa.contact.conversations.events import DESK_TOPIC, TagChanged
from stoa.contact.conversations.schemas.desk import TAGS_MAX, TagInput, TagView
from stoa.people.identity.service import record_audit
from stoa.platform.clock import now
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.errors import NotFound
from stoa.platform.i18n.locale import fold
from stoa.platform.ids import new_id

_MERGING = 0x746167  # "tag"
COLUMNS = "id, shop_id, name, tone, merged_into, removed_at IS NOT NULL AS is_removed, version"


async def list_tags(session: ReadSession) -> list[TagView]:
    """Every shop's tags by name, with those that were merged into another."""
    rows = await session.fetch(
        f"SELECT {COLUMNS} FROM tag WHERE removed_at IS NULL ORDER BY key, id"
    )
    return [TagView.model_validate(dict(row)) for row in rows]


def key_of(name: str) -> str:
    """What two names are compared by: "Zwrot  Łódź" is "zwrot lodz"."""
    return " ".join(fold(name).split())


async def ensure_tag(session: Session, *, shop_id: UUID, staff_id: UUID, form: TagInput) -> TagView:
    """The shop has a tag of this name: the one it had, or a new one of the given tone.

    Raises:
        NotFound: no such shop.
    """
    made = await session.fetch_one(
        "INSERT INTO tag (id, shop_id, name, key, tone, staff_id, created_at)"
        " SELECT $1, s.id, $3, $4, $5, $6, $7 FROM shop s WHERE s.id = $2"
        " ON CONFLICT (shop_id, key) WHERE merged_into IS NULL AND removed_at IS NULL DO NOTHING"
        f" RETURNING {COLUMNS}",
        new_id(),
        shop_id,
        form.name,
        key_of(form.name),
        form.tone,
        staff_id,
        now(),
    )
    if made is None:
        found = await session.fetch_one(
            f"SELECT {COLUMNS} FROM tag WHERE shop_id = $1 AND key = $2"
            " AND merged_into IS NULL AND removed_at IS NULL",
            shop_id,
            key_of(form.name),
        )
        if found is None:
            raise NotFound()
        return TagView.model_validate(dict(found))
    tag = TagView.model_validate(dict(made))
    await _told(session, tag, staff_id=staff_id, action="tag.made")
    return tag


async def change_tag(session: Session, *, tag_id: UUID, staff_id: UUID, form: TagInput) -> TagView:
    """The tag is called so and shows that tone.

    Raises:
        NotFound: no such tag, or it was merged into another.
        TagTaken: its shop has another one of this name.
    """
    tag = await _lock(session, tag_id)
    if await session.fetch_value(
        "SELECT EXISTS (SELECT FROM tag WHERE shop_id = $1 AND key = $2 AND id <> $3"
        " AND merged_into IS NULL AND removed_at IS NULL)",
        tag.shop_id,
        key_of(form.name),
        tag.id,
    ):
        raise TagTaken()
    try:
        row = await session.fetch_one(
            "UPDATE tag SET name = $2, key = $3, tone = $4, version = version + 1 WHERE id = $1"
            f" RETURNING {COLUMNS}",
            tag.id,
            form.name,
            key_of(form.name),
            form.tone,
        )
    except asyncpg.UniqueViolationError as error:
        raise TagTaken() from error  # made since we looked
    assert row is not None
    changed = TagView.model_validate(dict(row))
    await _told(session, changed, staff_id=staff_id, action="tag.changed")
    return changed


async def merge_tag(session: Session, *, tag_id: UUID, into: UUID, staff_id: UUID) -> TagView:
    """Whatever has the tag counts as having `into`. The conversations' rows stay as they are: a
    desk that meets the old id shows the new tag.

    Raises:
        NotFound: one of them is none, or is another shop's, or both are the same.
    """
    await _hold_with_merged(session, tag_ids=[tag_id, into])
    locked = {one: await _lock(session, one) for one in (tag_id, into)}
    if tag_id == into or locked[tag_id].shop_id != locked[into].shop_id:
        raise NotFound()
    await session.execute(
        "INSERT INTO conversation_tag (tag_id, conversation_id)"
        " SELECT $2, conversation_id FROM conversation_tag WHERE tag_id = $1"
        " ON CONFLICT DO NOTHING",
        tag_id,
        into,
    )
    await session.execute("DELETE FROM conversation_tag WHERE tag_id = $1", tag_id)
    rows = await session.fetch(
        "UPDATE tag SET merged_into = $2, version = version + 1"
        f" WHERE id = $1 OR merged_into = $1 RETURNING {COLUMNS}",
        tag_id,
        into,
    )
    for row in rows:
        tag = TagView.model_validate(dict(row))
        await _told(session, tag, staff_id=staff_id, action="tag.merged")
    return locked[into]


async def remove_tag(session: Session, *, tag_id: UUID, staff_id: UUID) -> None:
    """Nobody is shown the tag any more, and nothing is found by it.

    Raises:
        NotFound: no such tag, or it was merged into another.
    """
    await _hold_with_merged(session, tag_ids=[tag_id])
    await _lock(session, tag_id)
    await session.execute("DELETE FROM conversation_tag WHERE tag_id = $1", tag_id)
    rows = await session.fetch(
        "UPDATE tag SET removed_at = $2, version = version + 1"
        f" WHERE id = $1 OR merged_into = $1 RETURNING {COLUMNS}",
        tag_id,
        now(),
    )
    for row in rows:
        tag = TagView.model_validate(dict(row))
        await _told(session, tag, staff_id=staff_id, action="tag.removed")


async def hold_tags(session: Session, *, tag_ids: Sequence[UUID]) -> None:
    """None of the tags is merged or removed until this transaction ends. Taken before the lock of a
    conversation, for a merge takes the tag first and then looks at conversations."""
    await session.fetch(
        "SELECT id FROM tag WHERE id = ANY($1::uuid[]) ORDER BY id FOR SHARE", list(tag_ids)
    )


async def retag(
    session: Session,
    *,
    conversation_id: UUID,
    shop_id: UUID,
    add: Sequence[UUID] = (),
    drop: Sequence[UUID] = (),
) -> tuple[list[UUID], list[UUID]]:
    """The conversation has the tags `add` and not `drop`; returns what was really added and
    dropped. The caller holds the tags and its lock, and publishes the change if there is one.

    Raises:
        NotFound: one of them is no tag of the shop's, or no more.
        TooManyTags: it would have more than `TAGS_MAX`.
    """
    meant = await _meant(session, shop_id, [*add, *drop])
    if any(tag_id not in meant for tag_id in add):
        raise NotFound()
    adding = {meant[tag_id] for tag_id in add}
    dropping = {meant[tag_id] for tag_id in drop if tag_id in meant}
    had = {
        row["tag_id"]
        for row in await session.fetch(
            "SELECT tag_id FROM conversation_tag WHERE conversation_id = $1", conversation_id
        )
    }
    added, dropped = sorted(adding - had), sorted((dropping & had) - adding)
    if not added and not dropped:
        return [], []
    if len(had) + len(added) - len(dropped) > TAGS_MAX:
        raise TooManyTags(max=TAGS_MAX)
    await session.execute(
        "INSERT INTO conversation_tag (tag_id, conversation_id)"
        " SELECT unnest($2::uuid[]), $1 ON CONFLICT DO NOTHING",
        conversation_id,
        added,
    )
    await session.execute(
        "DELETE FROM conversation_tag WHERE conversation_id = $1 AND tag_id = ANY($2::uuid[])",
        conversation_id,
        dropped,
    )
    await session.execute(
        "UPDATE conversation c SET version = version + 1, tag_ids = ARRAY(SELECT t.id"
        " FROM conversation_tag x JOIN tag t ON t.id = x.tag_id WHERE x.conversation_id = c.id"
        " ORDER BY t.key, t.id) WHERE c.id = $1",
        conversation_id,
    )
    return added, dropped


async def _meant(session: Session, shop_id: UUID, tag_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    rows = await session.fetch(
        "SELECT id, coalesce(merged_into, id) AS meant FROM tag"
        " WHERE id = ANY($1::uuid[]) AND shop_id = $2 AND removed_at IS NULL",
        list(tag_ids),
        shop_id,
    )
    return {row["id"]: row["meant"] for row in rows}


async def _hold_with_merged(session: Session, *, tag_ids: Sequence[UUID]) -> None:
    """The tags and those that were merged into them are this transaction's to change: together, for
    whoever tags a conversation holds them in the order of their ids. One at a time: what another
    merges meanwhile would be missing here."""
    await session.execute("SELECT pg_advisory_xact_lock($1)", _MERGING)
    await session.execute(
        "SELECT id FROM tag WHERE id = ANY($1::uuid[]) OR merged_into = ANY($1::uuid[])"
        " ORDER BY id FOR NO KEY UPDATE",
        list(tag_ids),
    )


async def _lock(session: Session, tag_id: UUID) -> TagView:
    row = await session.fetch_one(
        # Not more: whoever tags a conversation meanwhile only has to know that the tag is there.
        f"SELECT {COLUMNS} FROM tag WHERE id = $1 AND merged_into IS NULL"
        " AND removed_at IS NULL FOR NO KEY UPDATE",
        tag_id,
    )
    if row is None:
        raise NotFound()
    return TagView.model_validate(dict(row))


async def _told(session: Session, tag: TagView, *, staff_id: UUID, action: str) -> None:
    session.publish(TagChanged(tag=tag), topics=[DESK_TOPIC])
    await record_audit(session, staff_id=staff_id, action=action, subject=str(tag.id))
