"""`/api/desk`: signing in and out, one's own account, colleagues, audit."""

from contextlib import suppress

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stoa.people.identity import passwords, queries, service
from stoa.people.identity.errors import LinkExpired, WrongCredentials
from stoa.people.identity.guards import STAFF_COOKIE, require_staff
from stoa.people.identity.lines import then_end_lines
from stoa.people.identity.models import Role, Staff
from stoa.people.identity.schemas import (
    ChangeMe,
    ChangePassword,
    ChangeStaff,
    InviteStaff,
    IssuedLink,
    SessionView,
    SignIn,
    UseLink,
    me_view,
    staff_view,
)
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.errors import Unauthenticated
from stoa.platform.node import node_of
from stoa.platform.web import edge
from stoa.platform.web.edge import JsonResponse
from stoa.platform.web.ratelimit import Rate, refill_bucket, take_token
from stoa.platform.web.security import (
    client_address,
    drop_cookie,
    require_own_page,
    set_cookie,
)

log = structlog.get_logger()

# Ten tries at once for an address from one place, then one in half a minute; the other two keep
# many places from guessing one address, and one place from guessing many.
PAIR_RATE = Rate(burst=10, seconds_per_token=30)
EMAIL_RATE = Rate(burst=50, seconds_per_token=60)
PLACE_RATE = Rate(burst=60, seconds_per_token=10)
LINK_RATE = Rate(burst=20, seconds_per_token=30)


async def _enter(request: Request, session: Session, *, staff: Staff) -> Response:
    """The answer that signs the browser in."""
    token = await service.open_session(
        session,
        staff_id=staff.id,
        user_agent=request.headers.get("user-agent", ""),
        ip=client_address(request),
    )
    person = await queries.signed_in(session, token=token)
    response = JsonResponse(me_view(person.staff, person.session_id))
    set_cookie(
        request,
        response,
        name=STAFF_COOKIE,
        value=token,
        max_age_seconds=int(service.SESSION_LASTS.total_seconds()),
        same_site="strict",
    )
    return response


async def sign_in(request: Request) -> Response:
    """Its own transactions: a refused try is counted, and hashing holds no connection."""
    require_own_page(request)
    database = node_of(request).database
    form = await edge.read_json(request, SignIn)
    email, place = form.email.casefold(), client_address(request)
    pair = f"sign-in:{email}:{place}"
    await take_token(database, key=f"sign-in-place:{place}", rate=PLACE_RATE)
    await take_token(database, key=pair, rate=PAIR_RATE)
    await take_token(database, key=f"sign-in-email:{email}", rate=EMAIL_RATE)
    async with database.read() as reading:
        known = await queries.credentials(reading, email=email)
    if not await passwords.verify_password(form.password, known[1] if known else None) or not known:
        log.info("staff.sign_in_refused", ip=place)
        raise WrongCredentials()
    rehashed = None
    if passwords.needs_rehash(known[1]):
        rehashed = await passwords.hash_password(form.password)
    async with database.begin() as session:
        # Comparing takes a while, in which it may have been changed because others know it.
        await service.hold_password(session, staff_id=known[0], password_hash=known[1])
        staff = await queries.get_staff(session, staff_id=known[0])
        if rehashed:
            await service.replace_hash(session, staff_id=staff.id, password_hash=rehashed)
        response = await _enter(request, session, staff=staff)
    await refill_bucket(database, key=pair)
    log.info("staff.signed_in", staff=str(known[0]))
    return response


async def sign_out(request: Request, session: Session) -> Response:
    """Signing out twice is as good as once."""
    require_own_page(request)
    response = Response(status_code=204)
    with suppress(Unauthenticated):
        person = await require_staff(request, session)
        await service.revoke_session(
            session, staff_id=person.staff.id, session_id=person.session_id
        )
        then_end_lines(response, node_of(request), staff_id=person.staff.id, only=person.session_id)
    drop_cookie(request, response, name=STAFF_COOKIE)
    return response


async def me(request: Request, session: ReadSession) -> Response:
    person = await require_staff(request, session)
    return JsonResponse(me_view(person.staff, person.session_id))


async def change_me(request: Request, session: Session) -> Response:
    person = await require_staff(request, session)
    change = await edge.read_json(request, ChangeMe)
    staff = await service.change_me(session, staff_id=person.staff.id, change=change)
    return JsonResponse(me_view(staff, person.session_id))


async def change_password(request: Request) -> Response:
    database = node_of(request).database
    async with database.read() as reading:
        person = await require_staff(request, reading)
        form = await edge.read_json(request, ChangePassword)
        current = await queries.password_hash_of(reading, staff_id=person.staff.id)
    await take_token(database, key=f"password:{person.staff.id}", rate=PAIR_RATE)
    if not await passwords.verify_password(form.current, current):
        raise WrongCredentials()
    hashed = await passwords.hash_password(form.new)
    async with database.begin() as session:
        await service.hold_password(session, staff_id=person.staff.id, password_hash=current)
        await service.set_password(
            session,
            staff_id=person.staff.id,
            password_hash=hashed,
            keep_session=person.session_id,
        )
    return then_end_lines(
        Response(status_code=204),
        node_of(request),
        staff_id=person.staff.id,
        keep=person.session_id,
    )


async def my_sessions(request: Request, session: ReadSession) -> Response:
    person = await require_staff(request, session)
    sessions = await queries.list_sessions(session, staff_id=person.staff.id)
    items = [
        SessionView(
            id=item.id,
            user_agent=item.user_agent,
            ip=item.ip,
            created_at=item.created_at,
            last_seen_at=item.last_seen_at,
            is_current=item.id == person.session_id,
        )
        for item in sessions
    ]
    return JsonResponse({"items": items})


async def end_session(request: Request, session: Session) -> Response:
    person = await require_staff(request, session)
    session_id = edge.path_id(request)
    await service.revoke_session(session, staff_id=person.staff.id, session_id=session_id)
    return then_end_lines(
        Response(status_code=204), node_of(request), staff_id=person.staff.id, only=session_id
    )


async def show_link(request: Request, session: ReadSession) -> Response:
    link = await queries.find_link(session, token=request.path_params["token"])
    if link is None:
        raise LinkExpired()
    return JsonResponse(link)


async def use_link(request: Request) -> Response:
    """Its own transaction, so that hashing holds no connection."""
    require_own_page(request)
    database = node_of(request).database
    await take_token(database, key=f"link:{client_address(request)}", rate=LINK_RATE)
    form = await edge.read_json(request, UseLink)
    token = request.path_params["token"]
    async with database.read() as reading:
        if await queries.find_link(reading, token=token) is None:
            raise LinkExpired()
    hashed = await passwords.hash_password(form.password)
    async with database.begin() as session:
        staff = await service.use_link(
            session,
            token=token,
            password_hash=hashed,
            name=form.name,
            email=form.email,
            locale=form.locale,
        )
        response = await _enter(request, session, staff=staff)
    # A reset has ended all sessions that were open before.
    return then_end_lines(response, node_of(request), staff_id=staff.id)


async def staff_list(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session)
    return JsonResponse({"items": [staff_view(s) for s in await queries.list_staff(session)]})


def _issued(request: Request, staff: Staff, token: str, expires_at: object) -> Response:
    url = f"{node_of(request).settings.base_url}/desk/link/{token}"
    link = IssuedLink.model_validate(
        {"staff": staff_view(staff), "url": url, "expires_at": expires_at}
    )
    return JsonResponse(link)


async def invite_staff(request: Request, session: Session) -> Response:
    person = await require_staff(request, session, role=Role.ADMINISTRATOR)
    invitation = await edge.read_json(request, InviteStaff)
    staff, token, expires_at = await service.invite_staff(
        session, by=person.staff.id, invitation=invitation
    )
    return _issued(request, staff, token, expires_at)


async def renew_link(request: Request, session: Session) -> Response:
    person = await require_staff(request, session, role=Role.ADMINISTRATOR)
    staff, token, expires_at = await service.renew_link(
        session, by=person.staff.id, staff_id=edge.path_id(request)
    )
    return _issued(request, staff, token, expires_at)


async def change_staff(request: Request, session: Session) -> Response:
    person = await require_staff(request, session, role=Role.ADMINISTRATOR)
    change = await edge.read_json(request, ChangeStaff)
    staff = await service.change_staff(
        session, by=person.staff.id, staff_id=edge.path_id(request), change=change
    )
    response = JsonResponse(staff_view(staff))
    if change.role is None and change.is_active is not False:
        return response
    # Lines know the person as they were: with another role they are opened anew.
    return then_end_lines(response, node_of(request), staff_id=staff.id)


async def audit(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session, role=Role.ADMINISTRATOR)
    page = await queries.list_audit(session, cursor=request.query_params.get("cursor"))
    return JsonResponse({"items": list(page.items), "next": page.next})


ROUTES: list[Route] = [
    Route("/api/desk/sign-in", sign_in, methods=["POST"]),
    edge.post("/api/desk/sign-out", sign_out),
    edge.get("/api/desk/me", me),
    edge.patch("/api/desk/me", change_me),
    Route("/api/desk/me/password", change_password, methods=["POST"]),
    edge.get("/api/desk/me/sessions", my_sessions),
    edge.delete("/api/desk/me/sessions/{id}", end_session),
    edge.get("/api/desk/links/{token}", show_link),
    Route("/api/desk/links/{token}", use_link, methods=["POST"]),
    edge.get("/api/desk/staff", staff_list),
    edge.post("/api/desk/staff", invite_staff),
    edge.patch("/api/desk/staff/{id}", change_staff),
    edge.post("/api/desk/staff/{id}/link", renew_link),
    edge.get("/api/desk/audit", audit),
]
