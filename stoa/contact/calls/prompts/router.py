"""`/api/desk/shops/{shop_id}/prompts`: administrators listen to prompts and record their own."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from stoa.contact.calls.prompts.errors import SoundNotMade
from stoa.contact.calls.prompts.library import PromptLibrary
from stoa.contact.calls.prompts.lines import UPLOADABLE, WORDLESS, Line
from stoa.contact.calls.prompts.uploads import (
    MEDIA_TYPE,
    Place,
    drop_from_place,
    list_prompts,
    take_in,
)
from stoa.people.identity.guards import require_staff
from stoa.people.identity.models import Role
from stoa.people.identity.service import record_audit
from stoa.platform.database.session import ReadSession
from stoa.platform.errors import NotFound
from stoa.platform.i18n.locale import DEFAULT_LOCALE, as_locale
from stoa.platform.node import node_of
from stoa.platform.storage.blobs import drop_blob
from stoa.platform.web import edge
from stoa.platform.web.edge import JsonResponse


async def _shop_id(request: Request, session: ReadSession) -> UUID:
    shop_id = edge.path_id(request, "shop_id")
    if not await session.fetch_value("SELECT EXISTS (SELECT FROM shop WHERE id = $1)", shop_id):
        raise NotFound()
    return shop_id


async def _place(request: Request, session: ReadSession) -> Place:
    """Raises:
    NotFound: no such shop, no such prompt, or no language that it could be in.
    """
    shop_id = await _shop_id(request, session)
    key = next((key for key in UPLOADABLE if key == request.path_params["key"]), None)
    if key is None:
        raise NotFound()
    if key in WORDLESS:
        return Place(shop_id, key, None)
    locale = as_locale(request.query_params.get("locale"))
    if locale is None:
        raise NotFound()
    return Place(shop_id, key, locale)


async def prompts(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session, role=Role.ADMINISTRATOR)
    return JsonResponse(await list_prompts(session, shop_id=await _shop_id(request, session)))


async def prompt_sound(request: Request) -> Response:
    """What callers hear of it now. No connection is held while it is rendered."""
    node = node_of(request)
    async with node.database.read() as session:
        await require_staff(request, session, role=Role.ADMINISTRATOR)
        place = await _place(request, session)
    sounds = await node.part(PromptLibrary).sounds(
        [Line(place.key)], shop_id=place.shop_id, locale=place.locale or DEFAULT_LOCALE
    )
    if not sounds:
        raise SoundNotMade
    return FileResponse(
        sounds[0].path,
        media_type=MEDIA_TYPE,
        headers={"Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff"},
    )


async def record_prompt(request: Request) -> Response:
    """Its own transactions: the bytes come in and are converted while no connection is held."""
    node = node_of(request)
    async with node.database.read() as session:
        person = await require_staff(request, session, role=Role.ADMINISTRATOR)
        place = await _place(request, session)
    await take_in(
        node.database,
        node.blobs,
        place=place,
        chunks=request.stream(),
        staff_id=person.staff.id,
    )
    return await _listed(request, place)


async def drop_prompt(request: Request) -> Response:
    """The machine speaks again. A recording that is not there was dropped already."""
    node = node_of(request)
    async with node.database.begin() as session:
        person = await require_staff(request, session, role=Role.ADMINISTRATOR)
        place = await _place(request, session)
        blob_id = await drop_from_place(session, place=place)
        if blob_id is not None:
            await record_audit(
                session,
                staff_id=person.staff.id,
                action="prompt.dropped",
                subject=place.subject,
                details={"key": place.key, "locale": place.locale},
            )
    if blob_id is not None:
        await drop_blob(node.database, node.blobs, blob_id=blob_id)
    return await _listed(request, place)


async def _listed(request: Request, place: Place) -> Response:
    async with node_of(request).database.read() as session:
        return JsonResponse(await list_prompts(session, shop_id=place.shop_id))


PATH = "/api/desk/shops/{shop_id}/prompts"

ROUTES: list[Route] = [
    edge.get(PATH, prompts, name="desk_prompts"),
    Route(f"{PATH}/{{key}}/sound", prompt_sound, methods=["GET"], name="desk_prompt_sound"),
    Route(f"{PATH}/{{key}}", record_prompt, methods=["PUT"], name="desk_prompt_record"),
    Route(f"{PATH}/{{key}}", drop_prompt, methods=["DELETE"], name="desk_prompt_drop"),
]
