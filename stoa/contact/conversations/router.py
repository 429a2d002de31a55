"""`/api/attachments`: files in and out; transcripts to keep."""

from collections.abc import Mapping
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from stoa.contact.conversations import attachments, queries
from stoa.contact.conversations.filetypes import INLINE
from stoa.contact.conversations.models import Sender
from stoa.contact.conversations.transcript import render_transcript
from stoa.people.customers.cookies import visitor_token
from stoa.people.customers.queries import find_visitor
from stoa.people.identity.guards import STAFF_COOKIE, require_staff
from stoa.platform.database.session import ReadSession
from stoa.platform.errors import NotFound, Unauthenticated
from stoa.platform.node import node_of
from stoa.platform.web import edge
from stoa.platform.web.edge import JsonResponse
from stoa.platform.web.ratelimit import MemoryBuckets, Rate
from stoa.platform.web.security import REQUEST_HEADER, cookie

_uploads = MemoryBuckets(Rate(burst=30, seconds_per_token=4))


async def _uploader(request: Request, session: ReadSession) -> Sender:
    """Staff say that they are staff by the header their pages send; else it is the visitor.

    Raises:
        Unauthenticated: neither.
    """
    if request.headers.get(REQUEST_HEADER) == "1" and cookie(request, STAFF_COOKIE):
        person = await require_staff(request, session)
        return Sender(staff_id=person.staff.id, staff_name=person.staff.name)
    visitor = await find_visitor(session, token=visitor_token(request))
    if visitor is None:
        raise Unauthenticated()
    return Sender(visitor_id=visitor.id)


async def upload(request: Request) -> Response:
    """Its own transactions: the bytes come in while no connection to the database is held."""
    node = node_of(request)
    async with node.database.read() as session:
        sender = await _uploader(request, session)
    _uploads.require(sender.visitor_id or sender.staff_id)
    view = await attachments.take_in(
        node.database,
        node.blobs,
        sender=sender,
        header_name=request.headers.get("x-file-name", ""),
        chunks=request.stream(),
        max_bytes=node.settings.attachment_max_bytes,
    )
    return JsonResponse(view)


async def download(request: Request, session: ReadSession) -> Response:
    return await _give_out(request, session, is_preview=False)


async def preview(request: Request, session: ReadSession) -> Response:
    return await _give_out(request, session, is_preview=True)


async def _give_out(request: Request, session: ReadSession, *, is_preview: bool) -> Response:
    node = node_of(request)
    visitor = await find_visitor(session, token=visitor_token(request))
    file = await attachments.find_file(
        session,
        attachment_id=edge.path_id(request),
        is_preview=is_preview,
        is_staff=await _is_staff(request, session),
        visitor_id=visitor.id if visitor else None,
        open_conversation_id=attachments.conversation_of_key(
            node.settings.secret_key, key=request.query_params.get("key")
        ),
    )
    return FileResponse(
        node.blobs.local_path(file.key),
        media_type=file.media_type,
        headers=_safe_headers(file, is_preview=is_preview),
    )


async def _is_staff(request: Request, session: ReadSession) -> bool:
    try:
        await require_staff(request, session)
    except Unauthenticated:
        return False
    return True


def _safe_headers(file: attachments.StoredFile, *, is_preview: bool) -> Mapping[str, str]:
    """Whatever the bytes are, they cannot act as a page of ours."""
    is_shown = is_preview or file.media_type in INLINE
    disposition = "inline" if is_shown else "attachment"
    return {
        "Content-Disposition": f"{disposition}; filename*=UTF-8''{quote(file.file_name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, max-age=86400, immutable",
    }


async def transcript(request: Request, session: ReadSession) -> Response:
    """The whole conversation as a text file, for staff and for its customer."""
    conversation_id = edge.path_id(request)
    visitor = await find_visitor(session, token=visitor_token(request))
    owner = await queries.owner_of(session, conversation_id=conversation_id)
    is_theirs = visitor is not None and owner == visitor.id
    if not is_theirs and not await _is_staff(request, session):
        raise NotFound()
    row = await queries.get_row(session, conversation_id=conversation_id)
    text = render_transcript(
        row,
        await queries.public_messages(session, conversation_id=conversation_id),
        shop_name=await queries.shop_name_of(session, conversation_id=conversation_id),
    )
    name = f"{row.created_at:%Y-%m-%d}-{str(row.id)[-6:]}.txt"
    return Response(
        text,
        media_type="text/plain",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


ROUTES: list[Route] = [
    edge.get("/api/desk/conversations/{id}/transcript", transcript, name="desk_transcript"),
    edge.get("/api/counter/conversations/{id}/transcript", transcript, name="my_transcript"),
    Route("/api/attachments", upload, methods=["POST"]),
    edge.get("/api/attachments/{id}", download, name="attachment"),
    edge.get("/api/attachments/{id}/preview", preview, name="attachment_preview"),
]
