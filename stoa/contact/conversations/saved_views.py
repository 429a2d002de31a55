"""Lists that somebody put together: their own, and those that supervisors share."""

from collections.abc import Sequence
from uuid import UUID

from stoa.contact.conversations.schemas.desk import SavedViewInput, SavedViewView
from stoa.platform.clock import now
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.errors import Forbidden, NotFound
from stoa.platform.ids import new_id

COLUMNS = "id, staff_id, name, filters, is_shared"


async def list_views(session: ReadSession, *, staff_id: UUID) -> list[SavedViewView]:
    """The shared ones, then one's own, each in its owner's order."""
    rows = await session.fetch(
        f"SELECT {COLUMNS} FROM saved_view WHERE staff_id = $1 OR is_shared"
        " ORDER BY is_shared DESC, position, id",
        staff_id,
    )
    return [SavedViewView.model_validate(dict(row)) for row in rows]


async def find_view(session: ReadSession, *, view_id: UUID, staff_id: UUID) -> SavedViewView:
    """Raises:
    NotFound: there is none, or it is somebody else's own.
    """
    row = await session.fetch_one(
        f"SELECT {COLUMNS} FROM saved_view WHERE id = $1 AND (staff_id = $2 OR is_shared)",
        view_id,
        staff_id,
    )
    if row is None:
        raise NotFound()
    return SavedViewView.model_validate(dict(row))


async def save_view(
    session: Session, *, staff_id: UUID, may_share: bool, form: SavedViewInput
) -> SavedViewView:
    """The person has the view, after their others.

    Raises:
        Forbidden: it is to be shared by somebody who may not.
    """
    if form.is_shared and not may_share:
        raise Forbidden()
    row = await session.fetch_one(
        "INSERT INTO saved_view"
        " (id, staff_id, name, filters, is_shared, position, created_at, updated_at)"
        " SELECT $1, $2, $3, $4, $5, coalesce(max(position), 0) + 1, $6, $6"
        f" FROM saved_view WHERE staff_id = $2 RETURNING {COLUMNS}",
        new_id(),
        staff_id,
        form.name,
        form.filters.model_dump(mode="json"),
        form.is_shared,
        now(),
    )
    assert row is not None
    return SavedViewView.model_validate(dict(row))


async def change_view(
    session: Session, *, view_id: UUID, staff_id: UUID, may_share: bool, form: SavedViewInput
) -> SavedViewView:
    """The view is as given. A shared one is every supervisor's to change.

    Raises:
        NotFound: no such view, or not this person's to change.
        Forbidden: it is to be shared by somebody who may not.
    """
    if form.is_shared and not may_share:
        raise Forbidden()
    row = await session.fetch_one(
        "UPDATE saved_view SET name = $4, filters = $5, is_shared = $6, updated_at = $7"
        " WHERE id = $1 AND (staff_id = $2 OR (is_shared AND $3))"
        f" RETURNING {COLUMNS}",
        view_id,
        staff_id,
        may_share,
        form.name,
        form.filters.model_dump(mode="json"),
        form.is_shared,
        now(),
    )
    if row is None:
        raise NotFound()
    return SavedViewView.model_validate(dict(row))


async def drop_view(session: Session, *, view_id: UUID, staff_id: UUID, may_share: bool) -> None:
    """Raises:
    NotFound: no such view, or not this person's to drop.
    """
    count = await session.execute(
        "DELETE FROM saved_view WHERE id = $1 AND (staff_id = $2 OR (is_shared AND $3))",
        view_id,
        staff_id,
        may_share,
    )
    if not count:
        raise NotFound()


async def order_views(session: Session, *, staff_id: UUID, ids: Sequence[UUID]) -> None:
    """This person's views stand in this order; those that are not named come after them."""
    await session.execute(
        "UPDATE saved_view v SET position = coalesce(array_position($2::uuid[], v.id), 1000)"
        " WHERE v.staff_id = $1",
        staff_id,
        list(ids),
    )
