"""Changing stock. Rows are always locked in the order of their ids, so no two writers deadlock."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from stoa.commerce.inventory.errors import BelowReserved, NoSuchVariant, OutOfStock
from stoa.commerce.inventory.events import StockChanged, topic_of
from stoa.commerce.inventory.models import StockLevel, Wanted
from stoa.commerce.inventory.rules import looks_different
from stoa.platform.clock import now
from stoa.platform.database.session import Row, Session

# The lock waits for other buyers of the same variant; the UPDATE's own condition is then checked
# against the row as they left it (READ COMMITTED), so the last one is sold once.
RESERVE = """
WITH wanted AS (
    SELECT variant_id, sum(quantity)::int AS quantity
    FROM unnest($1::uuid[], $2::int[]) AS w (variant_id, quantity) GROUP BY variant_id
), locked AS (
    SELECT s.variant_id, w.quantity FROM stock s JOIN wanted w USING (variant_id)
    ORDER BY s.variant_id FOR UPDATE OF s
), given AS (
    UPDATE stock s SET reserved = s.reserved + l.quantity, updated_at = $4
    FROM locked l
    WHERE s.variant_id = l.variant_id
      AND (NOT s.is_tracked OR s.allows_backorder OR s.on_hand - s.reserved >= l.quantity)
    RETURNING s.variant_id, s.on_hand, s.reserved, s.is_tracked, s.allows_backorder, l.quantity
), kept AS (
    INSERT INTO stock_reservation (order_id, variant_id, quantity, state)
    SELECT $3, variant_id, quantity, 'held' FROM given
)
SELECT w.variant_id, w.quantity, g.on_hand, g.reserved, g.is_tracked, g.allows_backorder,
       g.reserved - g.quantity AS reserved_before, g.on_hand AS on_hand_before
FROM wanted w LEFT JOIN given g USING (variant_id)
"""

SETTLE = """
WITH locked AS (
    SELECT s.variant_id, r.quantity FROM stock s
    JOIN stock_reservation r ON r.variant_id = s.variant_id
    WHERE r.order_id = $1 AND r.state = $2
    ORDER BY s.variant_id FOR UPDATE OF s
), settled AS (
    UPDATE stock_reservation r SET state = $3 FROM locked l
    WHERE r.order_id = $1 AND r.variant_id = l.variant_id AND r.state = $2
    RETURNING r.variant_id, r.quantity
)
UPDATE stock s SET
    reserved = s.reserved + t.quantity * $4,
    on_hand = s.on_hand + CASE WHEN s.is_tracked THEN t.quantity * $5 ELSE 0 END,
    updated_at = $6
FROM settled t WHERE s.variant_id = t.variant_id
RETURNING s.variant_id, s.on_hand, s.reserved, s.is_tracked, s.allows_backorder,
    s.reserved - t.quantity * $4 AS reserved_before,
    s.on_hand - CASE WHEN s.is_tracked THEN t.quantity * $5 ELSE 0 END AS on_hand_before
"""


async def reserve(
    session: Session, *, shop_id: UUID, order_id: UUID, wanted: Sequence[Wanted]
) -> None:
    """All of `wanted` is kept for the order. One statement; holds the stock rows until the commit.

    Raises:
        OutOfStock: not enough of some of them. The caller's transaction must not commit.
    """
    rows = await session.fetch(
        RESERVE,
        [item.variant_id for item in wanted],
        [item.quantity for item in wanted],
        order_id,
        now(),
    )
    missing = [
        Wanted(row["variant_id"], row["quantity"]) for row in rows if row["reserved"] is None
    ]
    if missing:
        raise OutOfStock(missing)
    _publish_differences(session, shop_id=shop_id, rows=rows)


async def release(session: Session, *, shop_id: UUID, order_id: UUID) -> None:
    """What was kept for the order can be sold again. Doing it twice changes nothing."""
    await _settle(session, shop_id, order_id, ("held", "released"), reserved=-1, on_hand=0)


async def take(session: Session, *, shop_id: UUID, order_id: UUID) -> None:
    """What was kept for the order has left the house. Doing it twice changes nothing."""
    await _settle(session, shop_id, order_id, ("held", "taken"), reserved=-1, on_hand=-1)


async def put_back(session: Session, *, shop_id: UUID, order_id: UUID) -> None:
    """What had left for the order is back on the shelf. Doing it twice changes nothing."""
    await _settle(session, shop_id, order_id, ("taken", "released"), reserved=0, on_hand=1)


async def _settle(
    session: Session,
    shop_id: UUID,
    order_id: UUID,
    states: tuple[str, str],
    *,
    reserved: int,
    on_hand: int,
) -> None:
    rows = await session.fetch(SETTLE, order_id, *states, reserved, on_hand, now())
    _publish_differences(session, shop_id=shop_id, rows=rows)


async def adjust(
    session: Session,
    *,
    shop_id: UUID,
    variant_id: UUID,
    on_hand: int,
    is_tracked: bool | None = None,
    allows_backorder: bool | None = None,
) -> StockLevel:
    """There are `on_hand` of the variant, counted now; the rest as given or as before.

    Raises:
        NoSuchVariant: the shop has no such variant.
        BelowReserved: orders hold more than that; nothing was changed.
    """
    before = await session.fetch_one(
        "SELECT s.variant_id, s.on_hand, s.reserved, s.is_tracked, s.allows_backorder FROM stock s"
        " JOIN variant v ON v.id = s.variant_id"
        " WHERE s.variant_id = $1 AND v.shop_id = $2 FOR UPDATE OF s",
        variant_id,
        shop_id,
    )
    if before is None:
        raise NoSuchVariant
    level = StockLevel(
        variant_id=variant_id,
        on_hand=on_hand,
        reserved=before["reserved"],
        is_tracked=before["is_tracked"] if is_tracked is None else is_tracked,
        allows_backorder=(
            before["allows_backorder"] if allows_backorder is None else allows_backorder
        ),
    )
    if level.is_tracked and not level.allows_backorder and on_hand < level.reserved:
        raise BelowReserved(reserved=level.reserved)
    await session.execute(
        "UPDATE stock SET on_hand = $2, is_tracked = $3, allows_backorder = $4, updated_at = $5"
        " WHERE variant_id = $1",
        variant_id,
        on_hand,
        level.is_tracked,
        level.allows_backorder,
        now(),
    )
    if looks_different(StockLevel(**before), level):
        _publish(session, shop_id=shop_id, variant_ids=[variant_id])
    return level


async def set_stock(session: Session, *, levels: Sequence[StockLevel]) -> None:
    """Each variant's level is as given (`reserved` is not looked at), never below what orders hold.

    Publishes nothing: the caller changes the products themselves and says so.
    """
    await session.execute(
        """
        INSERT INTO stock AS s (variant_id, on_hand, is_tracked, allows_backorder, updated_at)
        SELECT w.variant_id, w.on_hand, w.is_tracked, w.allows_backorder, $5
        FROM unnest($1::uuid[], $2::int[], $3::bool[], $4::bool[])
            AS w (variant_id, on_hand, is_tracked, allows_backorder)
        ORDER BY w.variant_id
        ON CONFLICT (variant_id) DO UPDATE SET
            on_hand = CASE WHEN EXCLUDED.is_tracked AND NOT EXCLUDED.allows_backorder
                THEN greatest(EXCLUDED.on_hand, s.reserved) ELSE EXCLUDED.on_hand END,
            is_tracked = EXCLUDED.is_tracked,
            allows_backorder = EXCLUDED.allows_backorder,
            updated_at = EXCLUDED.updated_at
        """,
        [level.variant_id for level in levels],
        [level.on_hand for level in levels],
        [level.is_tracked for level in levels],
        [level.allows_backorder for level in levels],
        now(),
    )


async def ensure_stock(session: Session, *, variant_ids: Sequence[UUID]) -> None:
    """Every variant has a level; one that had none is not tracked."""
    await session.execute(
        "INSERT INTO stock (variant_id, is_tracked, updated_at)"
        " SELECT id, false, $2 FROM unnest($1::uuid[]) AS w (id) ORDER BY id"
        " ON CONFLICT DO NOTHING",
        list(variant_ids),
        now(),
    )


def _level(row: Row, *, reserved: int, on_hand: int) -> StockLevel:
    return StockLevel(
        row["variant_id"], on_hand, reserved, row["is_tracked"], row["allows_backorder"]
    )


def _publish_differences(session: Session, *, shop_id: UUID, rows: Iterable[Row]) -> None:
    different = [
        row["variant_id"]
        for row in rows
        if looks_different(
            _level(row, reserved=row["reserved_before"], on_hand=row["on_hand_before"]),
            _level(row, reserved=row["reserved"], on_hand=row["on_hand"]),
        )
    ]
    if different:
        _publish(session, shop_id=shop_id, variant_ids=different)


def _publish(session: Session, *, shop_id: UUID, variant_ids: Sequence[UUID]) -> None:
    session.publish(
        StockChanged(shop_id=shop_id, variant_ids=tuple(sorted(variant_ids))),
        topics=[topic_of(shop_id)],
    )
