"""The rows beneath: addresses and customers, locked, made, named and held."""

from collections.abc import Sequence
from uuid import UUID

from stoa.people.customers.errors import AlreadyErased
from stoa.people.customers.models import Holder, Point, PointState
from stoa.people.customers.service.telling import tell_of
from stoa.platform.clock import now
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.errors import NotFound
from stoa.platform.i18n.locale import fold
from stoa.platform.ids import new_id

_PEOPLE = 0x70656F706C65  # "people"
NAME_MAX = 200
VALUE_MAX = 1000


async def lock_points(session: Session, *, keys: Sequence[tuple[str, str]]) -> None:
    """Nobody else decides whose these addresses are before this transaction ends.

    A row could not be locked: of somebody new there is none.
    """
    for kind, key in sorted(keys):
        await session.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"point:{kind}:{key}"
        )


async def lock_people(session: Session) -> None:
    """Nobody else merges, parts or erases customers before this transaction ends; after the
    addresses and before everything else. What one of them moves would be missing in the locks of
    another, and the two would wait for each other. None of them is done often."""
    await session.execute("SELECT pg_advisory_xact_lock($1)", _PEOPLE)


async def lock_customer(session: Session, *, customer_id: UUID) -> UUID:
    """This customer, or the one they were merged into, is not merged before this transaction ends.

    Only whoever they are now is locked: whoever parts two takes both in the order of their ids.

    Raises:
        NotFound: no such customer.
    """
    held = None
    while (found := await root_of(session, customer_id=customer_id)) != held:
        await session.execute("SELECT id FROM customer WHERE id = $1 FOR NO KEY UPDATE", found)
        held = found  # unless they were merged or parted while this waited
    return found


async def root_of(session: ReadSession, *, customer_id: UUID) -> UUID:
    """This customer, or the one they were merged into, as of now.

    Raises:
        NotFound: no such customer.
    """
    found: UUID | None = await session.fetch_value(
        "WITH RECURSIVE line AS (SELECT id, merged_into FROM customer WHERE id = $1 UNION ALL"
        " SELECT c.id, c.merged_into FROM customer c JOIN line ON c.id = line.merged_into)"
        " SELECT id FROM line WHERE merged_into IS NULL",
        customer_id,
    )
    if found is None:
        raise NotFound()
    return found


async def lock_rows(session: Session, *, customer_ids: Sequence[UUID]) -> None:
    """The addresses of these customers are this transaction's; the customers are already."""
    await session.execute(
        "SELECT id FROM contact_point WHERE customer_id = ANY($1::uuid[]) ORDER BY id FOR UPDATE",
        list(customer_ids),
    )


async def lock_known(session: Session, *, customer_id: UUID) -> UUID:
    """This customer, or the one they were merged into, is neither merged nor erased before this
    transaction ends.

    Raises:
        NotFound, AlreadyErased: there is nobody it could be about.
    """
    found = await lock_customer(session, customer_id=customer_id)
    if await is_erased(session, customer_id=found):
        raise AlreadyErased()
    return found


async def is_erased(session: Session, *, customer_id: UUID) -> bool:
    """Whether nothing may be known of this customer any more; the caller holds the row."""
    return bool(
        await session.fetch_value(
            "SELECT erased_at IS NOT NULL FROM customer WHERE id = $1", customer_id
        )
    )


async def holders_of(session: Session, *, kind: str, key: str) -> list[Holder]:
    """Who holds the address: whoever has proven it, then who claimed it first."""
    rows = await session.fetch(
        "SELECT p.customer_id, p.state, p.source,"
        " NOT EXISTS (SELECT FROM contact_point o"
        " WHERE o.customer_id = p.customer_id AND o.id <> p.id)"
        " AND NOT EXISTS (SELECT FROM visitor v WHERE v.customer_id = p.customer_id)"
        " AND NOT EXISTS (SELECT FROM customer m WHERE m.merged_into = p.customer_id)"
        " AS is_all_that_is_known"
        " FROM contact_point p WHERE p.kind = $1 AND p.key = $2"
        " ORDER BY p.state = 'verified' DESC, p.created_at, p.id LIMIT 50",
        kind,
        key,
    )
    return [Holder(**{**row, "state": PointState(row["state"])}) for row in rows]


async def make_customer(session: Session, *, name: str, locale: str) -> UUID:
    customer_id = new_id()
    await session.execute(
        "INSERT INTO customer (id, name, search_text, locale, created_at, updated_at)"
        " VALUES ($1, $2, $3, $4, $5, $5)",
        customer_id,
        short_name(name),
        fold(short_name(name)),
        locale,
        now(),
    )
    return customer_id


async def name_customer(session: Session, *, customer_id: UUID, name: str) -> None:
    """A customer without a name has this one; whoever has one keeps it."""
    if short := short_name(name):
        changed = await session.execute(
            "UPDATE customer SET name = $2, search_text = $3, updated_at = $4"
            " WHERE id = $1 AND name = ''",
            customer_id,
            short,
            fold(short),
            now(),
        )
        if changed:
            tell_of(session, [customer_id])


def short_name(name: str) -> str:
    return " ".join(name.replace("\0", "").split())[:NAME_MAX]


async def hold(
    session: Session, *, customer_id: UUID, point: Point, key: str, state: PointState, source: str
) -> None:
    """The customer holds the address, at least in this state; what is proven stays proven."""
    moment = now()
    changed = await session.execute(
        """
        INSERT INTO contact_point AS p (id, customer_id, kind, value, key, state, source,
            created_at, verified_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, CASE WHEN $6 = 'verified' THEN $8::timestamptz END)
        ON CONFLICT (customer_id, kind, key) DO UPDATE SET state = 'verified', verified_at = $8
        WHERE p.state = 'claimed' AND EXCLUDED.state = 'verified'
        """,
        new_id(),
        customer_id,
        point.kind,
        point.value.replace("\0", "").strip()[:VALUE_MAX],
        key,
        state,
        source,
        moment,
    )
    if changed:
        tell_of(session, [customer_id])
