"""The built front end: files named by their content's hash, found by their logical name."""

import asyncio
import gzip
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stoa.platform.errors import NotFound

BUILT = Path(__file__).parents[2] / "static" / "built"
MANIFEST = BUILT / "manifest.json"
PREFIX = "/assets"
# Not every system's table of types knows these.
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
COMPRESSIBLE = frozenset({".js", ".css", ".svg", ".json"})


class FrontEndNotBuilt(LookupError):
    """`npm run build` in `web/` has not been run, or the name is none of its outputs."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A built file, held in memory: all of them together are a few hundred kilobytes."""

    body: bytes
    gzipped: bytes | None
    media_type: str


@cache
def _manifest(_modified_ns: int) -> dict[str, str]:
    names: dict[str, str] = orjson.loads(MANIFEST.read_bytes())
    return names


def asset_file(name: str) -> str:
    """The built file of a logical name: "counter/loader.js" is "counter/loader-3F2A....js".

    Raises:
        FrontEndNotBuilt: there is none.
    """
    try:
        # Read again after a rebuild, so that `npm run watch` needs no restart.
        return _manifest(MANIFEST.stat().st_mtime_ns)[name]
    except (FileNotFoundError, KeyError) as error:
        raise FrontEndNotBuilt(name) from error


def asset_url(name: str) -> str:
    """The address of a logical name, good for ever: a changed file gets another one."""
    return f"{PREFIX}/{asset_file(name)}"


_held: dict[str, Asset] = {}


async def load_asset(file: str) -> Asset:
    """The built file `file`, read once.

    Raises:
        NotFound: no such file; a name with dots leads nowhere.
    """
    if file not in _held:
        _held[file] = await asyncio.to_thread(_read, file)
    return _held[file]


def _read(file: str) -> Asset:
    path = (BUILT / file).resolve()
    if not path.is_relative_to(BUILT.resolve()) or not path.is_file():
        raise NotFound
    body = path.read_bytes()
    media_type = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0]
    return Asset(
        body,
        gzip.compress(body, 9) if path.suffix in COMPRESSIBLE else None,
        media_type or "application/octet-stream",
    )


def asset_response(request: Request, asset: Asset, headers: dict[str, str]) -> Response:
    """The asset, compressed for a reader that takes gzip, with `headers` added."""
    if asset.gzipped and "gzip" in request.headers.get("accept-encoding", ""):
        body, encoding = asset.gzipped, {"Content-Encoding": "gzip"}
    else:
        body, encoding = asset.body, {}
    return Response(
        body,
        media_type=asset.media_type,
        headers={
            "Vary": "Accept-Encoding",
            "X-Content-Type-Options": "nosniff",
            **encoding,
            **headers,
        },
    )


async def serve_asset(request: Request) -> Response:
    """A built file under its hashed name; it may be kept for a year."""
    asset = await load_asset(request.path_params["file"])
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable",
        # Fonts are asked for across origins: the agent's copy of a customer's page has none.
        "Access-Control-Allow-Origin": "*",
    }
    return asset_response(request, asset, headers)


ROUTES = [Route(f"{PREFIX}/{{file:path}}", serve_asset, methods=["GET"], name="asset")]
