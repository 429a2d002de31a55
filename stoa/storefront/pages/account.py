"""The customer's own page: their addresses, proven or not, and what each may be used for.

Whose it is, the browser's cookie says. Addresses are shown in part only, for a browser may be
shared; and of one that was never proven, nothing that others have said about it.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from starlette.responses import Response

from stoa.contact.calls.queries import recorded_calls
from stoa.contact.calls.service import take_back_recording
from stoa.people.consent.models import POINT_PURPOSES, Person, Proof, Purpose
from stoa.people.customers.cookies import remember_visitor, visitor_token
from stoa.people.customers.models import PROVABLE, ContactPoint, Point, PointKind, PointState
from stoa.people.customers.queries import (
    find_visitor,
    get_customer,
    ids_of_person,
    key_of,
    list_points,
    open_proofs,
    visitor_ids_of,
)
from stoa.people.customers.service import (
    Outcome,
    ask_proof,
    ensure_visitor,
    know_visitor,
    prove_point,
)
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.errors import DomainError, FieldProblem, InvalidInput, NotFound
from stoa.platform.i18n.messages import translator
from stoa.platform.node import node_of
from stoa.platform.web.problems import text_for
from stoa.platform.web.ratelimit import MemoryBuckets, Rate, spend_token
from stoa.platform.web.security import client_address
from stoa.storefront.consents import Owner, Standing, Use, Word, give, has_sms, uses_of, withdraw
from stoa.storefront.pages.consent import masked
from stoa.storefront.rendering import Page
from stoa.storefront.urls import Urls
from stoa.storefront.visit import Form, Html, Visit, see_other

ADDRESS_MAX: Final = 254
# What was done, as the page says it afterwards.
DONE: Final = ("asked", "given", "withdrawn", "code", "proven", "added", "forgotten")

# What may be sent from here to addresses that somebody typed, for one client address.
ASKS: Final = Rate(burst=20, seconds_per_token=600)
# What may be sent as SMS for the whole shop, whoever asks.
TEXTS: Final = Rate(burst=100, seconds_per_token=60)
# From one address: an office behind it still gets on. What leaves is limited where it is asked for.
_acts = MemoryBuckets(Rate(burst=120, seconds_per_token=2))


@dataclass(frozen=True, slots=True)
class Holding:
    """One address of the customer, as the page shows it."""

    point: ContactPoint
    shown: str
    uses: list[Use]
    can_be_proven: bool
    has_code: bool


@dataclass(frozen=True, slots=True)
class Self:
    """Who looks."""

    visitor_id: UUID
    customer_id: UUID
    owner: Owner


class CodeWrong(DomainError):
    """The try is used up all the same."""

    code = "point_code_wrong"
    status = 422


class CodeEnded(DomainError):
    code = "point_code_ended"
    status = 422


async def account(visit: Visit) -> Html:
    """What is known of this browser's customer; of somebody new, how to begin."""
    done = visit.request.query_params.get("done", "")
    return await _html(visit, done=done if done in DONE else "")


async def change_account(visit: Visit, session: Session, form: Form) -> Response:
    """One button was pressed; the page shows what it did."""
    _acts.require(client_address(visit.request))
    verb, _, rest = form.get("do", "").partition(".")
    if verb == "add":
        return await _add(visit, session, form)
    me = await _self(session, visit)
    if verb == "forget":
        call_id = as_uuid(rest)
        await take_back_recording(session, call_id=call_id, visitor_ids=me.owner.visitor_ids)
        return _done(visit, "forgotten")
    point = await _point(session, me, form.get("point", ""))
    if (verb, rest) in (("code", ""), ("give", Purpose.MARKETING)):
        await _spend(visit, session, point.kind)
    if verb == "code":
        await ask_proof(
            session,
            shop_id=visit.shop.id,
            visitor_id=me.visitor_id,
            point_id=point.id,
            locale=visit.locale,
        )
        return _done(visit, "code")
    if verb == "prove":
        return await _prove(visit, session, me, point, form.get("code", ""))
    if verb not in ("give", "withdraw") or rest not in POINT_PURPOSES:
        raise NotFound()
    return await _use(visit, session, me, point, Purpose(rest), form)


async def show_account_again(visit: Visit, form: Form, error: DomainError) -> Html:
    problem = text_for(error.code, error.params, locale=visit.locale)
    if isinstance(error, InvalidInput):
        [field] = error.fields
        problem = text_for(field.code, field.params, locale=visit.locale)
    return await _html(
        visit, problem=problem, typed=form.get("address", "")[:ADDRESS_MAX], status=error.status
    )


async def _spend(visit: Visit, session: Session, kind: PointKind) -> None:
    """Something may be sent to whatever was typed; not without end by a new browser each time, and
    not at any price: a text costs the shop money, and some numbers earn it.

    Raises:
        TooManyRequests: enough was sent for now.
    """
    await spend_token(session, key=f"asks:{client_address(visit.request)}", rate=ASKS)
    if kind is PointKind.PHONE:
        await spend_token(session, key=f"texts:{visit.shop.id}", rate=TEXTS)


def as_uuid(text: str) -> UUID:
    """Raises:
    NotFound: it is none, so there is nothing of that name.
    """
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound() from error


async def _use(
    visit: Visit, session: Session, me: Self, point: ContactPoint, purpose: Purpose, form: Form
) -> Response:
    word = Word(
        shop=visit.shop,
        locale=visit.locale,
        point=Point(point.kind, point.value),
        key=point.key,
        purpose=purpose,
        source="account",
        person=Person(visitor_id=me.visitor_id, customer_id=me.customer_id),
        proof=_proof(visit),
        is_owner=point.state is PointState.VERIFIED,
    )
    if form["do"].startswith("give."):
        standing = await give(session, word, version=form.get("version", ""))
        return _done(visit, "asked" if standing is Standing.WAITING else "given")
    seen = await uses_of(
        session,
        shop=visit.shop,
        locale=visit.locale,
        kind=point.kind,
        key=point.key,
        only_of=_only_of(me, point),
    )
    use = next(one for one in seen if one.purpose is purpose)
    if use.standing not in (Standing.GIVEN, Standing.WAITING):
        raise NotFound()  # of an address that is not proven, only what they said themselves
    await withdraw(session, word)
    return _done(visit, "withdrawn")


async def _prove(
    visit: Visit, session: Session, me: Self, point: ContactPoint, code: str
) -> Response:
    outcome = await prove_point(
        session,
        visitor_id=me.visitor_id,
        point_id=point.id,
        code=code,
        secret=node_of(visit.request).settings.secret_key,
    )
    if outcome is Outcome.PROVEN:
        return _done(visit, "proven")
    # Not raised: a wrong code uses up a try, and that has to be kept.
    return see_other(f"{Urls(visit.locale).account()}?problem={outcome}")


async def _add(visit: Visit, session: Session, form: Form) -> Response:
    point = read_point(form.get("address", ""), country=visit.shop.country)
    visitor = await ensure_visitor(session, token=visitor_token(visit.request), locale=visit.locale)
    await know_visitor(
        session,
        visitor_id=visitor.id,
        points=[point],
        name="",
        source="account",
        locale=visit.locale,
        country=visit.shop.country,
    )
    response = _done(visit, "added")
    remember_visitor(visit.request, response, visitor=visitor)
    return response


def read_point(text: str, *, country: str) -> Point:
    """The e-mail address or the number that somebody typed.

    Raises:
        InvalidInput: it is neither.
    """
    typed = " ".join(text.split())
    if "@" in typed:
        try:
            checked = validate_email(typed[: ADDRESS_MAX + 1], check_deliverability=False)
        except EmailNotValidError as error:
            raise InvalidInput([FieldProblem("address", "field.email", {})]) from error
        return Point(PointKind.EMAIL, checked.normalized)
    key = key_of(Point(PointKind.PHONE, typed[:40]), country=country)
    if not key.startswith("+"):
        code = "field.phone" if typed else "field.required"
        raise InvalidInput([FieldProblem("address", code, {})])
    return Point(PointKind.PHONE, key)


def _done(visit: Visit, what: str) -> Response:
    return see_other(f"{Urls(visit.locale).account()}?done={what}")


def _proof(visit: Visit) -> Proof:
    return Proof(
        ip=client_address(visit.request),
        user_agent=visit.request.headers.get("user-agent", "")[:500],
        page=Urls(visit.locale).account(),
    )


async def _find_self(session: ReadSession, visit: Visit) -> Self | None:
    visitor = await find_visitor(session, token=visitor_token(visit.request))
    if visitor is None or visitor.customer_id is None:
        return None
    customer = await get_customer(session, customer_id=visitor.customer_id)
    ids = await ids_of_person(session, customer_id=customer.id)
    visitors = await visitor_ids_of(session, customer_ids=ids)
    return Self(visitor.id, customer.id, Owner(frozenset(ids), frozenset(visitors)))


async def _self(session: ReadSession, visit: Visit) -> Self:
    me = await _find_self(session, visit)
    if me is None:
        raise NotFound()
    return me


async def _point(session: ReadSession, me: Self, point_id: str) -> ContactPoint:
    for point in await list_points(session, customer_id=me.customer_id):
        if str(point.id) == point_id:
            return point
    raise NotFound()


def _only_of(me: Self, point: ContactPoint) -> Owner | None:
    return None if point.state is PointState.VERIFIED else me.owner


async def _holdings(visit: Visit, me: Self) -> list[Holding]:
    can_text = await has_sms(visit.session, visit.shop)
    codes = {
        (proof.kind, proof.key)
        for proof in await open_proofs(visit.session, visitor_id=me.visitor_id)
    }
    holdings = []
    for point in await list_points(visit.session, customer_id=me.customer_id):
        uses = await uses_of(
            visit.session,
            shop=visit.shop,
            locale=visit.locale,
            kind=point.kind,
            key=point.key,
            only_of=_only_of(me, point),
        )
        is_open = point.state is not PointState.VERIFIED and point.kind in PROVABLE
        holdings.append(
            Holding(
                point,
                masked(point.kind, point.key),
                uses,
                is_open and (point.kind is not PointKind.PHONE or can_text),
                is_open and (point.kind, point.key) in codes,
            )
        )
    return holdings


async def _html(
    visit: Visit, *, done: str = "", problem: str = "", typed: str = "", status: int = 200
) -> Html:
    me = await _find_self(visit.session, visit)
    c = translator(visit.locale, "consents")
    tried = visit.request.query_params.get("problem", "")
    if not problem and tried in (Outcome.WRONG, Outcome.ENDED):
        problem = text_for(f"point_code_{tried}", {}, locale=visit.locale)
    page = Page(
        kind="content",
        title=c("account.title"),
        paths={locale: Urls(locale).account() for locale in visit.shop.locales},
        is_indexed=False,
    )
    text = await visit.render(
        page,
        "account.html",
        holdings=await _holdings(visit, me) if me else [],
        calls=await recorded_calls(visit.session, visitor_ids=me.owner.visitor_ids) if me else [],
        done=c(f"done.{done}") if done else "",
        problem=problem,
        typed=typed,
    )
    return Html(text, status)
