"""The customer's consents at the desk: the ledger, what waits to be confirmed, what is asked."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from stoa.commerce.shops.models import Shop
from stoa.commerce.shops.queries import get_shop
from stoa.contact.channels.service import inbox_for
from stoa.desk.customers.errors import NoSmsLine
from stoa.desk.customers.schemas import ConsentInput, ConsentRequestView, ConsentView
from stoa.people.consent.models import (
    ConsentEntry,
    ConsentState,
    How,
    Person,
    Proof,
    Purpose,
    RequestState,
    needs_confirmation,
)
from stoa.people.consent.queries import (
    consents_of_person,
    current_wording,
    requests_of_person,
    wordings_for,
)
from stoa.people.consent.service import ask_consent, record_point_consent
from stoa.people.customers.models import Customer, Point, PointKind
from stoa.people.customers.queries import ids_of_person, list_points
from stoa.platform.clock import now
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.errors import NotFound
from stoa.platform.i18n.locale import DEFAULT_LOCALE, Locale, as_locale


async def hear_customer(
    session: Session, *, customer: Customer, said: ConsentInput, by: UUID
) -> None:
    """What the customer said is in the ledger, with who wrote it down. A yes to offers is not yet a
    consent: it is asked for at the address itself.

    Raises:
        NotFound: the customer has no such address.
        NoSmsLine: it is a number, and the shop has no line to ask there.
        AskedTooOften: it was asked there often enough.
    """
    points = {point.id: point for point in await list_points(session, customer_id=customer.id)}
    point = points.get(said.point_id)
    if point is None:
        raise NotFound()
    shop = await get_shop(session)
    purpose = Purpose(said.purpose)
    wording = await current_wording(
        session,
        shop_id=shop.id,
        shop_name=shop.name,
        purpose=purpose,
        kind=point.kind,
        locale=as_locale(customer.locale) or DEFAULT_LOCALE,
    )
    if said.state is ConsentState.GIVEN and needs_confirmation(purpose, point.kind):
        await _require_way(session, shop=shop, kind=point.kind)
        await ask_consent(
            session,
            shop_id=shop.id,
            point=Point(point.kind, point.value if point.kind is PointKind.EMAIL else point.key),
            purpose=purpose,
            wording=wording,
            source="desk",
            person=Person(customer_id=customer.id),
            proof=Proof(note=said.note),
            recorded_by=by,
        )
        return
    await record_point_consent(
        session,
        point=Point(point.kind, point.key),
        purpose=purpose,
        state=said.state,
        wording=wording,
        how=How(said.how),
        channel="desk",
        person=Person(customer_id=customer.id),
        proof=Proof(note=said.note),
        recorded_by=by,
    )


async def _require_way(session: ReadSession, *, shop: Shop, kind: PointKind) -> None:
    if kind is PointKind.PHONE and await inbox_for(session, shop_id=shop.id, kind=kind) is None:
        raise NoSmsLine()


async def consent_words(
    session: ReadSession, *, kinds: Collection[PointKind], locale: Locale
) -> dict[str, dict[str, str]]:
    """What a customer who speaks this language is asked, by kind of address and purpose."""
    shop = await get_shop(session)
    words = {}
    for kind in sorted(kinds):
        asked = await wordings_for(
            session, shop_id=shop.id, shop_name=shop.name, kind=kind, locale=locale
        )
        words[kind.value] = {purpose.value: wording.text for purpose, wording in asked.items()}
    return words


async def list_requests(
    session: ReadSession, *, customer_id: UUID, addresses: Mapping[tuple[str, str], str]
) -> list[ConsentRequestView]:
    """What was asked for and has led to nothing yet, the newest first: it waits, or its time is
    over. What was answered is in the ledger."""
    requests = await requests_of_person(
        session,
        customer_ids=await ids_of_person(session, customer_id=customer_id),
        points=list(addresses),
    )
    return [
        ConsentRequestView(
            id=request.id,
            purpose=request.purpose,
            kind=request.kind,
            address=request.value,
            wording=request.wording,
            wording_version=request.wording_version,
            locale=request.locale,
            source=request.source,
            asked_at=request.asked_at,
            expires_at=request.expires_at,
            is_open=request.is_open(now()),
        )
        for request in requests
        if request.state is RequestState.PENDING
    ]


async def list_entries(
    session: ReadSession, *, customer_id: UUID, addresses: Mapping[tuple[str, str], str]
) -> list[ConsentView]:
    entries = await consents_of_person(
        session,
        customer_ids=await ids_of_person(session, customer_id=customer_id),
        points=list(addresses),
    )
    names = await session.fetch(
        "SELECT id, name FROM staff WHERE id = ANY($1::uuid[])",
        [entry.recorded_by for entry in entries if entry.recorded_by],
    )
    staff = {row["id"]: row["name"] for row in names}
    seen: set[Any] = set()
    views = []
    for entry in entries:
        about = _about(entry)
        views.append(
            ConsentView(
                id=entry.id,
                purpose=entry.purpose,
                state=entry.state,
                how=entry.how,
                at=entry.at,
                channel=entry.channel,
                kind=entry.point_kind,
                address=addresses.get((str(entry.point_kind), entry.point_key or ""))
                or entry.point_key,
                wording=entry.wording,
                wording_version=entry.wording_version,
                locale=entry.locale,
                recorded_by=staff.get(entry.recorded_by),
                proof=dict(entry.proof),
                is_standing=about not in seen,
            )
        )
        seen.add(about)
    return views


def _about(entry: ConsentEntry) -> tuple[object, ...]:
    return (entry.purpose, entry.subject, entry.point_kind, entry.point_key)
