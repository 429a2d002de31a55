"""The page that the agents' application runs in."""

from jinja2 import Environment, PackageLoader
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from stoa.platform.i18n.locale import negotiate
from stoa.platform.web.assets import asset_url

TEMPLATES = Environment(
    loader=PackageLoader("stoa.desk"), autoescape=True, trim_blocks=True, auto_reload=False
)


async def shell(request: Request) -> Response:
    """The same small page at every address below /desk; the application draws the rest."""
    page = TEMPLATES.get_template("shell.html").render(
        locale=negotiate(request.headers.get("accept-language")),
        style=asset_url("desk/desk.css"),
        script=asset_url("desk/desk.js"),
    )
    return Response(page, media_type="text/html", headers={"Cache-Control": "no-cache"})


ROUTES: list[BaseRoute] = [
    Route("/desk", shell, methods=["GET"], name="desk"),
    Route("/desk/{rest:path}", shell, methods=["GET"], name="desk_page"),
]
