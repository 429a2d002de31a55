"""`/media`: pictures. A picture's bytes never change, so nobody asks for them twice."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from stoa.commerce.catalogue.errors import NoSuchPicture
from stoa.platform.database.session import ReadSession
from stoa.platform.node import node_of
from stoa.platform.web import edge

HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


async def rendition(request: Request, session: ReadSession) -> Response:
    """The picture in one width and format."""
    width, _, extension = request.path_params["name"].partition(".")
    if not (width.isdecimal() and width.isascii() and len(width) < 6):
        raise NoSuchPicture
    row = await session.fetch_one(
        "SELECT b.key, b.media_type FROM picture_rendition r JOIN blob b ON b.id = r.blob_id"
        " WHERE r.picture_id = $1 AND r.width = $2 AND r.format = $3",
        _picture_id(request),
        int(width),
        extension,
    )
    if row is None:
        raise NoSuchPicture
    return _file(request, row["key"], row["media_type"])


async def original(request: Request, session: ReadSession) -> Response:
    """The picture as it came in; shown until it is rendered."""
    row = await session.fetch_one(
        "SELECT b.key, b.media_type FROM picture p JOIN blob b ON b.id = p.blob_id WHERE p.id = $1",
        _picture_id(request),
    )
    if row is None:
        raise NoSuchPicture
    return _file(request, row["key"], row["media_type"])


def _picture_id(request: Request) -> UUID:
    try:
        return UUID(request.path_params["picture_id"])
    except ValueError as error:
        raise NoSuchPicture from error


def _file(request: Request, key: str, media_type: str) -> Response:
    path = node_of(request).blobs.local_path(key)
    return FileResponse(path, media_type=media_type, headers=HEADERS)


ROUTES: list[Route] = [
    edge.get("/media/{picture_id}", original, name="picture_original"),
    edge.get("/media/{picture_id}/{name}", rendition, name="picture_rendition"),
]
