"""Reads of the customer's page: the list, one customer, who may be the same person."""

from uuid import UUID

from stoa.desk.customers.consents import consent_words, list_entries, list_requests
from stoa.desk.customers.schemas import (
    ContactPointView,
    CustomerExport,
    CustomerLine,
    CustomerList,
    CustomerMergePreview,
    CustomerMergeView,
    CustomerNoteView,
    CustomerPage,
    MergeProposalList,
    MergeProposalView,
    Spent,
)
from stoa.people.customers.errors import NotMerged
from stoa.people.customers.events import customer_topic
from stoa.people.customers.models import MoveKind, Point
from stoa.people.customers.queries import (
    get_customer,
    list_merges,
    list_points,
    moved_ids,
)
from stoa.people.customers.schemas import Evidence
from stoa.platform.database.session import ReadSession, Row
from stoa.platform.errors import NotFound
from stoa.platform.i18n.locale import DEFAULT_LOCALE, as_locale, fold
from stoa.platform.outbox.log import topic_position
from stoa.platform.web.paging import decode_moment, encode_cursor

# A customer `c` as CustomerLine.
_LINE = """c.id, c.name, c.locale, c.created_at, c.erased_at IS NOT NULL AS is_erased,
    ARRAY(SELECT p.value FROM contact_point p WHERE p.customer_id = c.id AND p.kind <> 'postal'
          ORDER BY p.state = 'verified' DESC, p.created_at, p.id LIMIT 3) AS reached_at,
    (SELECT count(*) FROM "order" o WHERE o.customer_id = c.id)::int AS orders,
    (SELECT count(*) FROM conversation v WHERE v.customer_id = c.id AND v.message_count > 0)::int
        AS conversations"""
_OPEN_PROPOSALS = """FROM merge_proposal p
    JOIN customer a ON a.id = p.first_id AND a.merged_into IS NULL
    JOIN customer b ON b.id = p.second_id AND b.merged_into IS NULL
    WHERE p.state = 'open'"""


async def list_customers(
    session: ReadSession, *, text: str = "", cursor: str | None = None, limit: int = 50
) -> CustomerList:
    """Customers, the newest first. `text` is looked for in names, addresses and order numbers."""
    key = decode_moment(cursor)
    words = "%".join(_escaped(word) for word in fold(text.replace("\0", "")).split())
    digits = "".join(char for char in text if char.isdigit()) if _is_number(text) else ""
    rows = await session.fetch(
        f"""
        SELECT {_LINE} FROM customer c
        WHERE c.merged_into IS NULL
          AND ($1 = '' OR c.search_text LIKE '%' || $1 || '%'
            OR c.id IN (SELECT p.customer_id FROM contact_point p WHERE p.key LIKE '%' || $1 || '%'
                OR ($2 <> '' AND p.kind IN ('phone', 'fax') AND p.key LIKE '%' || $2 || '%'))
            OR c.id IN (SELECT o.customer_id FROM "order" o
                WHERE o.search_text LIKE '%' || $1 || '%'))
          AND ($3::timestamptz IS NULL OR (c.created_at, c.id) < ($3, $4::uuid))
        ORDER BY c.created_at DESC, c.id DESC LIMIT $5
        """,
        words,
        digits,
        *(key or (None, None)),
        limit + 1,
    )
    items = [CustomerLine(**row) for row in rows[:limit]]
    last = items[-1] if len(rows) > limit else None
    proposals: int = await session.fetch_value(f"SELECT count(*) {_OPEN_PROPOSALS}")
    return CustomerList(
        items=items,
        next=encode_cursor(last.created_at.isoformat(), str(last.id)) if last else None,
        proposals=proposals,
    )


async def get_line(session: ReadSession, *, customer_id: UUID) -> CustomerLine:
    """Raises:
    NotFound: no such customer.
    """
    row = await session.fetch_one(f"SELECT {_LINE} FROM customer c WHERE c.id = $1", customer_id)
    if row is None:
        raise NotFound()
    return CustomerLine(**row)


async def point_of(session: ReadSession, *, customer_id: UUID, point_id: UUID) -> Point:
    """An address of the customer, as it is written to.

    Raises:
        NotFound: they have none of that id.
    """
    for point in await list_points(session, customer_id=customer_id):
        if point.id == point_id:
            # A number that was given without its country is known with it by its key.
            return Point(point.kind, point.key if point.key.startswith("+") else point.value)
    raise NotFound()


async def customer_page(session: ReadSession, *, customer_id: UUID) -> CustomerPage:
    """All about a customer but the timeline; of one who was merged, of whom they are now.

    Raises:
        NotFound: no such customer.
    """
    customer = await get_customer(session, customer_id=customer_id)
    # Before all the rest: what comes in between is heard, and asked for again.
    seq, _ = await topic_position(session, topic=customer_topic(customer.id))
    points = await list_points(session, customer_id=customer.id)
    addresses = {(str(point.kind), point.key): point.value for point in points}
    line = await get_line(session, customer_id=customer.id)
    merges = await list_merges(session, customer_id=customer.id)
    return CustomerPage(
        id=customer.id,
        name=customer.name,
        locale=customer.locale,
        preferred_channel=customer.preferred_channel,
        created_at=customer.created_at,
        erased_at=customer.erased_at,
        seq=seq,
        points=[ContactPointView.model_validate(point, from_attributes=True) for point in points],
        consents=await list_entries(session, customer_id=customer.id, addresses=addresses),
        consent_requests=await list_requests(session, customer_id=customer.id, addresses=addresses),
        notes=await customer_notes(session, customer_id=customer.id),
        merges=[CustomerMergeView.model_validate(merge, from_attributes=True) for merge in merges],
        proposals=(await list_proposals(session, customer_id=customer.id)).items,
        orders=line.orders,
        conversations=line.conversations,
        visitors=await session.fetch_value(
            "SELECT count(*) FROM visitor WHERE customer_id = $1", customer.id
        ),
        spent=await _spent(session, customer_id=customer.id),
        newest_conversation_id=await session.fetch_value(
            "SELECT id FROM conversation WHERE customer_id = $1 AND message_count > 0"
            " ORDER BY state = 'open' DESC, last_message_at DESC, id DESC LIMIT 1",
            customer.id,
        ),
        exports=await list_exports(session, customer_id=customer.id),
        consent_words=await consent_words(
            session,
            kinds={point.kind for point in points},
            locale=as_locale(customer.locale) or DEFAULT_LOCALE,
        ),
    )


async def list_exports(session: ReadSession, *, customer_id: UUID) -> list[CustomerExport]:
    """The last exports that were asked for, the newest first."""
    rows = await session.fetch(
        "SELECT e.id, e.state, e.steps_done, e.steps, e.size_bytes, s.name AS staff_name,"
        " e.created_at, e.finished_at, e.expires_at FROM customer_export e"
        " JOIN staff s ON s.id = e.staff_id WHERE e.customer_id = $1"
        " ORDER BY e.created_at DESC, e.id DESC LIMIT 5",
        customer_id,
    )
    return [CustomerExport(**row) for row in rows]


async def list_proposals(
    session: ReadSession,
    *,
    customer_id: UUID | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> MergeProposalList:
    """Pairs that wait to be decided on, the newest first; of one customer, or of all."""
    key = decode_moment(cursor)
    rows = await session.fetch(
        f"SELECT p.id, p.first_id, p.second_id, p.evidence, p.created_at {_OPEN_PROPOSALS}"
        " AND ($1::uuid IS NULL OR $1 IN (p.first_id, p.second_id))"
        " AND ($2::timestamptz IS NULL OR (p.created_at, p.id) < ($2, $3::uuid))"
        " ORDER BY p.created_at DESC, p.id DESC LIMIT $4",
        customer_id,
        *(key or (None, None)),
        limit + 1,
    )
    items = [await _proposal(session, row) for row in rows[:limit]]
    last = items[-1] if len(rows) > limit else None
    return MergeProposalList(
        items=items,
        next=encode_cursor(last.created_at.isoformat(), str(last.id)) if last else None,
    )


async def preview_merge(
    session: ReadSession, *, from_id: UUID, into_id: UUID
) -> CustomerMergePreview:
    """What merging the two would move.

    Raises:
        NotFound: one of the two does not exist.
    """
    goes = await get_line(session, customer_id=from_id)
    stays = await get_line(session, customer_id=into_id)
    counts = await session.fetch_one(
        "SELECT (SELECT count(*) FROM conversation WHERE customer_id = $1) AS conversations,"
        ' (SELECT count(*) FROM "order" WHERE customer_id = $1) AS orders,'
        " (SELECT count(*) FROM visitor WHERE customer_id = $1) AS visitors,"
        " (SELECT count(*) FROM contact_point WHERE customer_id = $1) AS points,"
        " (SELECT count(*) FROM customer_note WHERE customer_id = $1) AS notes",
        from_id,
    )
    joined = await session.fetch(
        "SELECT a.value FROM contact_point a JOIN contact_point b ON b.kind = a.kind"
        " AND b.key = a.key WHERE a.customer_id = $1 AND b.customer_id = $2 ORDER BY a.id",
        from_id,
        into_id,
    )
    assert counts is not None
    return CustomerMergePreview(
        first=goes, second=stays, joined=[row["value"] for row in joined], **counts
    )


async def preview_unmerge(session: ReadSession, *, merge_id: UUID) -> CustomerMergePreview:
    """What undoing the merge would move back.

    Raises:
        NotMerged: there is no such merge that stands.
    """
    merge = await session.fetch_one(
        "SELECT from_id, into_id, merged_at FROM customer_merge"
        " WHERE id = $1 AND undone_at IS NULL",
        merge_id,
    )
    if merge is None:
        raise NotMerged()
    moved = {kind: await moved_ids(session, merge_id=merge_id, kind=kind) for kind in MoveKind}
    since: int = await session.fetch_value(
        "SELECT (SELECT count(*) FROM conversation WHERE customer_id = $1 AND created_at > $2"
        " AND visitor_id = ANY($3::uuid[]))"
        ' + (SELECT count(*) FROM "order" WHERE customer_id = $1 AND placed_at > $2'
        " AND visitor_id = ANY($3::uuid[]))",
        merge["into_id"],
        merge["merged_at"],
        moved[MoveKind.VISITOR],
    )
    joined = await session.fetch(
        "SELECT joined ->> 'value' AS value FROM customer_move WHERE merge_id = $1"
        " AND kind = 'point_joined' ORDER BY row_id",
        merge_id,
    )
    return CustomerMergePreview(
        first=await get_line(session, customer_id=merge["from_id"]),
        second=await get_line(session, customer_id=merge["into_id"]),
        conversations=len(moved[MoveKind.CONVERSATION]),
        orders=len(moved[MoveKind.ORDER]),
        visitors=len(moved[MoveKind.VISITOR]),
        points=len(moved[MoveKind.POINT]) + len(joined),
        notes=len(moved[MoveKind.NOTE]),
        joined=[row["value"] for row in joined],
        since=since,
    )


async def _proposal(session: ReadSession, row: Row) -> MergeProposalView:
    return MergeProposalView(
        id=row["id"],
        first=await get_line(session, customer_id=row["first_id"]),
        second=await get_line(session, customer_id=row["second_id"]),
        evidence=[Evidence.model_validate(item) for item in row["evidence"]],
        created_at=row["created_at"],
    )


async def customer_notes(
    session: ReadSession, *, customer_id: UUID, limit: int = 200
) -> list[CustomerNoteView]:
    """What staff wrote down about the customer, the newest first."""
    rows = await session.fetch(
        "SELECT n.id, n.body, s.name AS staff_name, n.created_at FROM customer_note n"
        " JOIN staff s ON s.id = n.staff_id WHERE n.customer_id = $1"
        " ORDER BY n.created_at DESC, n.id DESC LIMIT $2",
        customer_id,
        limit,
    )
    return [CustomerNoteView(**row) for row in rows]


async def _spent(session: ReadSession, *, customer_id: UUID) -> list[Spent]:
    rows = await session.fetch(
        'SELECT currency, sum(total_minor)::bigint AS total_minor FROM "order"'
        " WHERE customer_id = $1 AND state <> 'cancelled' GROUP BY currency ORDER BY currency",
        customer_id,
    )
    return [Spent(**row) for row in rows]


def _is_number(text: str) -> bool:
    """Whether somebody looks for a telephone number, however they write it."""
    return bool(text) and all(char.isdigit() or char in " +-()/." for char in text)


def _escaped(word: str) -> str:
    return word.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
