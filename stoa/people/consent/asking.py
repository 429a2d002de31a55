"""Double opt-in: asked in one place, agreed to only from the address itself.

Whoever types an address may be a stranger to it. So nothing but one question goes there, seldom,
for a while, and only its owner's click is a consent.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from stoa.people.consent.errors import (
    AskedTooOften,
    NothingToConsent,
    RequestEnded,
)
from stoa.people.consent.events import ConsentRequested
from stoa.people.consent.ledger import lock_consents, record_point_consent
from stoa.people.consent.models import (
    NO_PROOF,
    ConsentRequest,
    ConsentState,
    How,
    Person,
    Proof,
    Purpose,
    RequestState,
    Wording,
    needs_confirmation,
)
from stoa.people.consent.queries import find_request
from stoa.people.customers.models import Point, PointKind
from stoa.people.customers.queries import key_of
from stoa.people.customers.service import tell_of_holders
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.errors import NotFound
from stoa.platform.i18n.locale import DEFAULT_LOCALE, as_locale
from stoa.platform.ids import new_id

LIFETIME: Final = timedelta(days=7)
MOST_PER_ADDRESS: Final = 3  # a day, whoever asks
MOST_PER_VISITOR: Final = 10  # a day, for whatever addresses
_CHANNELS: Final = {PointKind.EMAIL: "email", PointKind.PHONE: "sms"}
# Who said that it was not them is not asked again for so long.
REST: Final = timedelta(days=30)


async def ask_consent(
    session: Session,
    *,
    shop_id: UUID,
    point: Point,
    purpose: Purpose,
    wording: Wording,
    source: str,
    person: Person | None = None,
    proof: Proof = NO_PROOF,
    recorded_by: UUID | None = None,
    country: str | None = None,
    is_owner: bool = False,
) -> ConsentRequest:
    """The owner of the address will be asked there, once this transaction has committed. Until they
    confirm, nothing is agreed to.

    `is_owner`: whoever asks has proven that the address is theirs; having declined before does not
    keep them from changing their mind.

    Raises:
        NothingToConsent: there is no address in `point`, or it cannot be asked there.
        AskedTooOften: the address or the visitor had its share today, or its owner wants to be
            left alone.
    """
    key = key_of(point, country=country)
    if not key or not needs_confirmation(purpose, point.kind):
        raise NothingToConsent()
    await lock_consents(session, kind=point.kind, key=key)
    moment = now()
    request = ConsentRequest(
        id=new_id(),
        shop_id=shop_id,
        kind=point.kind,
        value=point.value.replace("\0", "").strip()[:1000],
        key=key,
        purpose=purpose,
        wording=wording.text,
        wording_version=wording.version,
        locale=as_locale(wording.locale) or DEFAULT_LOCALE,
        source=source,
        visitor_id=person.visitor_id if person else None,
        customer_id=person.customer_id if person else None,
        recorded_by=recorded_by,
        proof=proof.as_json(),
        state=RequestState.PENDING,
        asked_at=moment,
        expires_at=moment + LIFETIME,
        done_at=None,
    )
    await _require_room(session, request, is_owner=is_owner)
    await _add(session, request)
    session.publish(ConsentRequested(request_id=request.id), topics=[])
    return request


async def confirm_consent(
    session: Session, *, request_id: UUID, ip: str, user_agent: str
) -> ConsentRequest:
    """The owner of the address agrees, with the words that were asked; the ledger says so with what
    proves it. Said twice, it is written down once.

    Raises:
        NotFound: there is no such request any more.
        RequestEnded: its time is over, or a later word outweighs it.
    """
    request = await _locked(session, request_id=request_id)
    if request.state is RequestState.CONFIRMED:
        return request
    moment = now()
    if not request.is_open(moment):
        raise RequestEnded()
    is_known = request.visitor_id is not None or request.customer_id is not None
    await record_point_consent(
        session,
        point=Point(request.kind, request.key),
        purpose=request.purpose,
        state=ConsentState.GIVEN,
        wording=Wording(request.wording, request.wording_version, request.locale),
        how=How.DOUBLE_OPT_IN,
        channel=_CHANNELS[request.kind],
        person=Person(visitor_id=request.visitor_id, customer_id=request.customer_id)
        if is_known
        else None,
        proof=Proof(
            ip=ip,
            user_agent=user_agent,
            request=str(request.id),
            asked_at=request.asked_at.isoformat(timespec="seconds"),
            asked_ip=request.proof.get("ip", ""),
            asked_by=request.source,
            page=request.proof.get("page", ""),
            order=request.proof.get("order", ""),
            note=request.proof.get("note", ""),
        ),
        recorded_by=request.recorded_by,
    )
    await _end(session, request, RequestState.CONFIRMED, moment)
    return request


async def decline_consent(
    session: Session, *, request_id: UUID, ip: str, user_agent: str
) -> ConsentRequest:
    """The owner of the address did not ask for it, or does not want it: that is in the ledger, and
    nobody is asked there for a while. Declined twice, it is written down once.

    Raises:
        NotFound: there is no such request any more.
        RequestEnded: its time is over, or it was answered.
    """
    request = await _locked(session, request_id=request_id)
    if request.state is RequestState.DECLINED:
        return request
    moment = now()
    if not request.is_open(moment):
        raise RequestEnded()
    await _end(session, request, RequestState.DECLINED, moment)
    await record_point_consent(
        session,
        point=Point(request.kind, request.key),
        purpose=request.purpose,
        state=ConsentState.REFUSED,
        wording=Wording(request.wording, request.wording_version, request.locale),
        how=How.LINK,
        channel=_CHANNELS[request.kind],
        proof=Proof(ip=ip, user_agent=user_agent, request=str(request.id)),
    )
    return request


async def _locked(session: Session, *, request_id: UUID) -> ConsentRequest:
    """The request, with its address locked first, as everybody does who speaks about one."""
    request = await find_request(session, request_id=request_id)
    if request is None:
        raise NotFound()
    await lock_consents(session, kind=request.kind, key=request.key)
    locked = await find_request(session, request_id=request_id, is_locked=True)
    if locked is None:
        raise NotFound()
    return locked


async def _end(
    session: Session, request: ConsentRequest, state: RequestState, moment: datetime
) -> None:
    await session.execute(
        "UPDATE consent_request SET state = $2, done_at = $3 WHERE id = $1",
        request.id,
        state,
        moment,
    )
    await tell_of_holders(session, kind=request.kind, key=request.key)


async def _require_room(session: Session, request: ConsentRequest, *, is_owner: bool) -> None:
    since = request.asked_at - timedelta(days=1)
    row = await session.fetch_one(
        "SELECT (SELECT count(*) FROM consent_request WHERE point_kind = $1 AND point_key = $2"
        " AND asked_at > $3) AS of_address,"
        " (SELECT count(*) FROM consent_request WHERE visitor_id = $4 AND asked_at > $3)"
        " AS of_visitor,"
        " EXISTS (SELECT FROM consent_request WHERE point_kind = $1 AND point_key = $2"
        " AND state = 'declined' AND done_at > $5) AS is_left_alone",
        request.kind,
        request.key,
        since,
        request.visitor_id,
        request.asked_at - REST,
    )
    assert row is not None
    is_full = row["of_address"] >= MOST_PER_ADDRESS or row["of_visitor"] >= MOST_PER_VISITOR
    if is_full or (row["is_left_alone"] and not is_owner):
        raise AskedTooOften()


async def _add(session: Session, request: ConsentRequest) -> None:
    await session.execute(
        "INSERT INTO consent_request (id, shop_id, point_kind, point_value, point_key, purpose,"
        " wording, wording_version, locale, source, visitor_id, customer_id, recorded_by, proof,"
        " state, asked_at, expires_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        request.id,
        request.shop_id,
        request.kind,
        request.value,
        request.key,
        request.purpose,
        request.wording,
        request.wording_version,
        request.locale,
        request.source,
        request.visitor_id,
        request.customer_id,
        request.recorded_by,
        dict(request.proof),
        request.state,
        request.asked_at,
        request.expires_at,
    )
    await tell_of_holders(session, kind=request.kind, key=request.key)


async def forget_old_requests(session: Session) -> int:
    """What was asked and led to nothing is gone a while after its time was over; returns how many.
    What was confirmed stays, for a second click on its link, and so does a wish to be left alone
    for as long as it holds."""
    return await session.execute(
        "DELETE FROM consent_request WHERE state <> 'confirmed' AND expires_at < $1", now() - REST
    )
