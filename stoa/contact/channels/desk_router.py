"""`/api/desk/channels` and what belongs to it: inboxes, their health, what did not go through."""

import asyncio
from datetime import timedelta
from uuid import UUID

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from stoa.contact.channels import inboxes, outbox, receive, undone
from stoa.contact.channels.connecting import redirect_url
from stoa.contact.channels.forms import schema_of
from stoa.contact.channels.grants import connection_of, opened_account
from stoa.contact.channels.installed import channel_types
from stoa.contact.channels.models import Inbox
from stoa.contact.channels.protocol import Original
from stoa.contact.channels.schemas import (
    AddInbox,
    BrokenInboxes,
    ChannelsSetUp,
    ChannelTypeView,
    Checked,
    FindingView,
    InboxView,
    SaveInbox,
    SwitchInbox,
    Trouble,
)
from stoa.contact.channels.ways import ways_of
from stoa.people.identity.guards import require_staff
from stoa.people.identity.models import Role
from stoa.platform.clock import now
from stoa.platform.config import Settings
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.errors import NotFound
from stoa.platform.node import node_of
from stoa.platform.secrets import SecretUnreadable
from stoa.platform.web import edge
from stoa.platform.web.edge import JsonResponse

CHECK_SECONDS = 60
# A line that is lost is mostly back by itself before that.
BROKEN_AFTER = timedelta(minutes=2)


async def _view(session: ReadSession, inbox: Inbox, *, settings: Settings) -> InboxView:
    try:
        secrets = inboxes.secret_paths(inbox, key=settings.secret_key)
    except SecretUnreadable:
        secrets = []  # they have to be given anew; the line says so
    waiting = await session.fetch_value(
        "SELECT count(*) FROM delivery WHERE inbox_id = $1 AND state = 'queued'", inbox.id
    )
    return InboxView(
        id=inbox.id,
        shop_id=inbox.shop_id,
        channel=inbox.channel,
        name=inbox.name,
        address=inbox.address,
        settings=inbox.settings,
        secrets=secrets,
        is_on=inbox.is_on,
        is_down=inbox.is_down,
        trouble=Trouble.model_validate(inbox.trouble) if inbox.trouble else None,
        last_in_at=inbox.last_in_at,
        last_out_at=inbox.last_out_at,
        waiting_out=waiting,
        connection=await connection_of(session, inbox, settings=settings),
    )


async def channel_list(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session, role=Role.ADMINISTRATOR)
    settings = node_of(request).settings
    return JsonResponse(
        ChannelsSetUp(
            types=[
                ChannelTypeView(code=kind.code, icon=kind.icon, fields=schema_of(kind.settings))
                for kind in channel_types().values()
            ],
            inboxes=[
                await _view(session, inbox, settings=settings)
                for inbox in await inboxes.list_inboxes(session)
            ],
            redirect_url=redirect_url(settings),
        )
    )


async def broken(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session, role=Role.ADMINISTRATOR)
    count = await inboxes.broken_count(session, since=now() - BROKEN_AFTER)
    return JsonResponse(BrokenInboxes(count=count), headers={"Cache-Control": "no-store"})


async def add_inbox(request: Request, session: Session) -> Response:
    person = await require_staff(request, session, role=Role.ADMINISTRATOR)
    form = await edge.read_json(request, AddInbox)
    settings = node_of(request).settings
    inbox = await inboxes.add_inbox(
        session,
        shop_id=form.shop_id,
        channel=form.channel,
        name=form.name,
        settings=form.settings,
        staff_id=person.staff.id,
        key=settings.secret_key,
    )
    return JsonResponse(await _view(session, inbox, settings=settings), status_code=201)


async def change_inbox(request: Request, session: Session) -> Response:
    person = await require_staff(request, session, role=Role.ADMINISTRATOR)
    form = await edge.read_json(request, SaveInbox)
    settings = node_of(request).settings
    inbox = await inboxes.change_inbox(
        session,
        inbox_id=edge.path_id(request),
        name=form.name,
        settings=form.settings,
        staff_id=person.staff.id,
        key=settings.secret_key,
    )
    return JsonResponse(await _view(session, inbox, settings=settings))


async def switch_inbox(request: Request, session: Session) -> Response:
    person = await require_staff(request, session, role=Role.ADMINISTRATOR)
    form = await edge.read_json(request, SwitchInbox)
    await inboxes.switch_inbox(
        session, inbox_id=edge.path_id(request), is_on=form.is_on, staff_id=person.staff.id
    )
    return Response(status_code=204)


async def drop_inbox(request: Request, session: Session) -> Response:
    person = await require_staff(request, session, role=Role.ADMINISTRATOR)
    await inboxes.drop_inbox(session, inbox_id=edge.path_id(request), staff_id=person.staff.id)
    return Response(status_code=204)


async def check_inbox(request: Request) -> Response:
    """Tries the line; no connection to the database is held meanwhile."""
    node = node_of(request)
    async with node.database.read() as session:
        await require_staff(request, session, role=Role.ADMINISTRATOR)
        inbox = await inboxes.get_inbox(session, inbox_id=edge.path_id(request))
    try:
        account = opened_account(node, inbox)
        async with asyncio.timeout(CHECK_SECONDS):
            found = await inboxes.type_of(inbox.channel).check(account)
    except SecretUnreadable:
        return JsonResponse(Checked(findings=[FindingView(is_good=False, code="secret_lost")]))
    except TimeoutError:
        return JsonResponse(Checked(findings=[FindingView(is_good=False, code="no_answer")]))
    return JsonResponse(
        Checked(
            findings=[
                FindingView(is_good=each.is_good, code=each.code, params=dict(each.params))
                for each in found
            ]
        )
    )


# ---- what did not go through --------------------------------------------------------------------


async def undone_list(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session)
    return JsonResponse(await undone.undone(session))


async def resend(request: Request, session: Session) -> Response:
    await require_staff(request, session)
    await outbox.resend(session, delivery_id=edge.path_id(request))
    return Response(status_code=204)


async def cancel(request: Request, session: Session) -> Response:
    await require_staff(request, session)
    await outbox.cancel(session, delivery_id=edge.path_id(request))
    return Response(status_code=204)


async def try_again(request: Request) -> Response:
    """Two transactions: the second one reads what the first one let go."""
    node = node_of(request)
    inbound_id = edge.path_id(request)
    async with node.database.begin() as session:
        await require_staff(request, session)
        await undone.try_again(session, inbound_id=inbound_id)
    await receive.read_one(node, inbound_id=inbound_id)
    return Response(status_code=204)


async def put_away(request: Request, session: Session) -> Response:
    await require_staff(request, session)
    await undone.put_away(session, inbound_id=edge.path_id(request))
    return Response(status_code=204)


async def raw(request: Request, session: ReadSession) -> Response:
    """The bytes as they came, to be saved, never shown."""
    await require_staff(request, session)
    blob = await undone.raw_of(session, inbound_id=edge.path_id(request))
    return FileResponse(
        node_of(request).blobs.local_path(blob.key),
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": 'attachment; filename="message.eml"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )


class _OriginalQuery(BaseModel):
    pictures: bool = False


async def original(request: Request, session: ReadSession) -> Response:
    """What is to be told of the message as it came; `original_page` shows it."""
    shown, inbound_id = await _shown(request, session)
    return JsonResponse(
        {
            "blocked_picture_count": shown.blocked_picture_count,
            "headers": shown.headers,
            "files": shown.files,
            "inbound_id": inbound_id,
        },
        headers={"Cache-Control": "no-store"},
    )


async def original_page(request: Request, session: ReadSession) -> Response:
    """The message as it came, made safe; remote pictures only when asked for.

    A page of its own, not a `srcdoc`: that has the desk's policy, by which neither a mail's colours
    nor its pictures are shown.
    """
    shown, _ = await _shown(request, session)
    remote = " https: http:" if edge.read_query(request, _OriginalQuery).pictures else ""
    policy = (
        f"default-src 'none'; img-src data:{remote}; style-src 'unsafe-inline'; base-uri 'none';"
        " form-action 'none'; frame-ancestors 'self';"
        " sandbox allow-popups allow-popups-to-escape-sandbox"
    )
    return Response(
        shown.html,
        media_type="text/html; charset=utf-8",
        headers={
            "Content-Security-Policy": policy,
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-store",
        },
    )


async def _shown(request: Request, session: ReadSession) -> tuple[Original, UUID]:
    await require_staff(request, session)
    query = edge.read_query(request, _OriginalQuery)
    inbound_id = await undone.inbound_of_message(session, message_id=edge.path_id(request))
    blob = await undone.raw_of(session, inbound_id=inbound_id)
    code = await _channel_of(session, inbound_id=inbound_id)
    content = await node_of(request).blobs.load(blob.key)
    shown = await asyncio.to_thread(
        inboxes.type_of(code).show, content, with_pictures=query.pictures
    )
    if shown is None:
        raise NotFound()
    return shown, inbound_id


async def _channel_of(session: ReadSession, *, inbound_id: UUID) -> str:
    code: str = await session.fetch_value(
        "SELECT b.channel FROM inbound i JOIN inbox b ON b.id = i.inbox_id WHERE i.id = $1",
        inbound_id,
    )
    return code


async def ways(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session)
    return JsonResponse(await ways_of(session, conversation_id=edge.path_id(request)))


INBOX = "/api/desk/inboxes/{id}"

ROUTES: list[BaseRoute] = [
    edge.get("/api/desk/channels", channel_list, name="desk_channels"),
    edge.get("/api/desk/channels/broken", broken, name="desk_channels_broken"),
    edge.get("/api/desk/channels/undone", undone_list, name="desk_undone"),
    edge.post("/api/desk/inboxes", add_inbox, name="desk_inbox_new"),
    edge.put(INBOX, change_inbox, name="desk_inbox_change"),
    edge.delete(INBOX, drop_inbox, name="desk_inbox_drop"),
    edge.post(f"{INBOX}/switch", switch_inbox, name="desk_inbox_switch"),
    Route(f"{INBOX}/check", check_inbox, methods=["POST"], name="desk_inbox_check"),
    edge.post("/api/desk/deliveries/{id}/resend", resend, name="desk_delivery_resend"),
    edge.post("/api/desk/deliveries/{id}/cancel", cancel, name="desk_delivery_cancel"),
    Route("/api/desk/inbound/{id}/again", try_again, methods=["POST"], name="desk_inbound_again"),
    edge.post("/api/desk/inbound/{id}/put-away", put_away, name="desk_inbound_put_away"),
    edge.get("/api/desk/inbound/{id}/raw", raw, name="desk_inbound_raw"),
    edge.get("/api/desk/messages/{id}/original", original, name="desk_message_original"),
    edge.get("/api/desk/messages/{id}/original/page", original_page, name="desk_original_page"),
    edge.get("/api/desk/conversations/{id}/ways", ways, name="desk_ways"),
]
