"""`/api/desk/recordings`: sound out, with its audit; and gone when it shall be."""

import re
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from stoa.contact.calls.recordings.listening import (
    Act,
    KeptSound,
    audit_of,
    find_own_voicemail,
    find_sound,
    note_listening,
    require_listener,
)
from stoa.contact.calls.service.recording import delete_recording
from stoa.contact.conversations.queries import conversation_of_key
from stoa.people.customers.cookies import visitor_token
from stoa.people.customers.queries import find_visitor
from stoa.people.identity.guards import require_staff
from stoa.people.identity.models import Role
from stoa.platform.database.session import ReadSession
from stoa.platform.node import node_of
from stoa.platform.web import edge
from stoa.platform.web.edge import JsonResponse

_RANGE = re.compile(r"bytes=(\d{1,15})-")


async def sound(request: Request) -> Response:
    """The bytes, in ranges so that a player can jump. The audit is committed before the first one
    leaves. `?download=1` is for supervisors.
    """
    node = node_of(request)
    act: Act = "downloaded" if request.query_params.get("download") == "1" else "heard"
    async with node.database.begin() as session:
        person = await require_staff(
            request, session, role=Role.SUPERVISOR if act == "downloaded" else Role.AGENT
        )
        found = await find_sound(session, recording_id=edge.path_id(request))
        await require_listener(session, sound=found, staff=person.staff)
        await note_listening(
            session,
            sound=found,
            staff_id=person.staff.id,
            act=act,
            first_byte=_first_byte(request),
        )
    return _file(request, found, is_download=act == "downloaded")


async def own_voicemail(request: Request, session: ReadSession) -> Response:
    """The customer hears the message they left."""
    node = node_of(request)
    visitor = await find_visitor(session, token=visitor_token(request))
    found = await find_own_voicemail(
        session,
        recording_id=edge.path_id(request),
        visitor_id=visitor.id if visitor else None,
        conversation_id=conversation_of_key(
            node.settings.secret_key, key=request.query_params.get("key")
        ),
    )
    return _file(request, found, is_download=False)


async def audit(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session, role=Role.SUPERVISOR)
    return JsonResponse(await audit_of(session, recording_id=edge.path_id(request)))


async def delete(request: Request) -> Response:
    """The sound is gone for good. One that is gone already is no error."""
    node = node_of(request)
    async with node.database.begin() as session:
        person = await require_staff(request, session, role=Role.SUPERVISOR)
        await delete_recording(
            session, recording_id=edge.path_id(request), staff_id=person.staff.id
        )
    return JsonResponse({})


def _first_byte(request: Request) -> int:
    """Where the request begins; what cannot be read as a place counts as the beginning."""
    match = _RANGE.match(request.headers.get("range", ""))
    return int(match[1]) if match else 0


def _file(request: Request, found: KeptSound, *, is_download: bool) -> Response:
    disposition = "attachment" if is_download else "inline"
    name = quote(found.file_name, safe="")
    return FileResponse(
        node_of(request).blobs.local_path(found.key),
        media_type=found.media_type,
        headers={
            "Content-Disposition": f"{disposition}; filename*=UTF-8''{name}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cross-Origin-Resource-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )


ROUTES: list[Route] = [
    Route("/api/desk/recordings/{id}/sound", sound, methods=["GET"], name="recording_sound"),
    edge.get("/api/desk/recordings/{id}/audit", audit, name="recording_audit"),
    Route("/api/desk/recordings/{id}", delete, methods=["DELETE"], name="recording_delete"),
    edge.get("/api/counter/recordings/{id}/sound", own_voicemail, name="own_voicemail"),
]
