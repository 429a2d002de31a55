"""Who may call what: every route of the API, for a stranger, an agent, a supervisor."""

from collections.abc import Iterable, Iterator

import aiohttp
import pytest
from starlette.routing import BaseRoute, Mount, Route

from stoa import wiring
from stoa.platform.database.session import Database
from tests.factories.people import an_agent
from tests.servers.whole import at_the_desk

NOBODY = "01a1ffe9-cc9f-77c3-97e5-64b7ea548b25"

# For anybody: signing in and out, links that carry their own secret, what customers ask for.
OPEN = {
    ("POST", "/api/desk/sign-in"),
    ("POST", "/api/desk/sign-out"),
    ("GET", "/api/desk/links/{token}"),
    ("POST", "/api/desk/links/{token}"),
}
FOR_SUPERVISORS = {
    ("PATCH", "/api/desk/products/{id}"),
    ("POST", "/api/desk/products/{id}/pictures"),
    ("PATCH", "/api/desk/products/{id}/pictures"),
    ("DELETE", "/api/desk/products/{id}/pictures/{picture_id}"),
    ("GET", "/api/desk/imports"),
    ("POST", "/api/desk/imports"),
    ("GET", "/api/desk/imports/{id}"),
    ("GET", "/api/desk/imports/{id}/problems"),
    ("POST", "/api/desk/imports/{id}/cancel"),
    ("GET", "/api/desk/supervisions"),
    ("GET", "/api/desk/recordings/{id}/audit"),
    ("DELETE", "/api/desk/recordings/{id}"),
    ("GET", "/api/desk/board"),
    ("GET", "/api/desk/breaches"),
    ("POST", "/api/desk/teams"),
    ("PUT", "/api/desk/teams/{id}"),
    ("DELETE", "/api/desk/teams/{id}"),
    ("PUT", "/api/desk/staff/{id}/capacity"),
    ("PUT", "/api/desk/channel-weights"),
    ("PUT", "/api/desk/tags/{id}"),
    ("POST", "/api/desk/tags/{id}/merge"),
    ("DELETE", "/api/desk/tags/{id}"),
    ("POST", "/api/desk/macros"),
    ("PUT", "/api/desk/macros/{id}"),
    ("DELETE", "/api/desk/macros/{id}"),
    ("GET", "/api/desk/board"),
    ("GET", "/api/desk/breaches"),
    ("POST", "/api/desk/customers/{id}/exports"),
    ("GET", "/api/desk/customer-exports/{id}/file"),
    ("DELETE", "/api/desk/customer-exports/{id}"),
    ("GET", "/api/desk/customers/{id}/erasure"),
    ("POST", "/api/desk/customers/{id}/erasure"),
    ("GET", "/api/desk/rules"),
    ("POST", "/api/desk/rules"),
    ("GET", "/api/desk/rules/options"),
    ("PUT", "/api/desk/rules/order"),
    ("POST", "/api/desk/rules/dry-run"),
    ("PUT", "/api/desk/rules/{id}"),
    ("DELETE", "/api/desk/rules/{id}"),
    ("PUT", "/api/desk/rules/{id}/switch"),
    ("GET", "/api/desk/rules/{id}/runs"),
    ("GET", "/api/desk/webhooks"),
}
FOR_ADMINISTRATORS = {
    ("POST", "/api/desk/staff"),
    ("PATCH", "/api/desk/staff/{id}"),
    ("POST", "/api/desk/staff/{id}/link"),
    ("GET", "/api/desk/audit"),
    ("GET", "/api/desk/shops/{shop_id}"),
    ("PATCH", "/api/desk/shops/{shop_id}"),
    ("GET", "/api/desk/shops/{shop_id}/calls"),
    ("PUT", "/api/desk/shops/{shop_id}/calls"),
    ("GET", "/api/desk/shops/{shop_id}/hours"),
    ("PUT", "/api/desk/shops/{shop_id}/hours"),
    ("GET", "/api/desk/holidays"),
    ("GET", "/api/desk/shops/{shop_id}/ratings"),
    ("GET", "/api/desk/shops/{shop_id}/wordings"),
    ("PUT", "/api/desk/shops/{shop_id}/ratings"),
    ("POST", "/api/desk/shops/{shop_id}/wordings"),
    ("PUT", "/api/desk/shops/{shop_id}/wordings"),
    ("GET", "/api/desk/service-levels"),
    ("POST", "/api/desk/service-levels"),
    ("PUT", "/api/desk/service-levels/{id}"),
    ("DELETE", "/api/desk/service-levels/{id}"),
    ("GET", "/api/desk/shops/{shop_id}/cobrowse"),
    ("PUT", "/api/desk/shops/{shop_id}/cobrowse"),
    ("GET", "/api/desk/shops/{shop_id}/prompts"),
    ("PUT", "/api/desk/shops/{shop_id}/prompts/{key}"),
    ("DELETE", "/api/desk/shops/{shop_id}/prompts/{key}"),
    ("GET", "/api/desk/shops/{shop_id}/prompts/{key}/sound"),
    ("GET", "/api/desk/channels"),
    ("POST", "/api/desk/inboxes"),
    ("PUT", "/api/desk/inboxes/{id}"),
    ("DELETE", "/api/desk/inboxes/{id}"),
    ("POST", "/api/desk/inboxes/{id}/switch"),
    ("POST", "/api/desk/inboxes/{id}/check"),
    ("POST", "/api/desk/inboxes/{id}/sign-in"),
    ("DELETE", "/api/desk/inboxes/{id}/sign-in"),
    ("POST", "/api/desk/sign-ins"),
    ("GET", "/api/desk/channels/broken"),
    ("GET", "/api/desk/shops/{shop_id}/limits"),
    ("PUT", "/api/desk/shops/{shop_id}/limits"),
    ("GET", "/api/desk/holidays"),
    ("GET", "/api/desk/shops/{shop_id}/hours"),
    ("PUT", "/api/desk/shops/{shop_id}/hours"),
    ("GET", "/api/desk/service-levels"),
    ("POST", "/api/desk/service-levels"),
    ("PUT", "/api/desk/service-levels/{id}"),
    ("DELETE", "/api/desk/service-levels/{id}"),
    ("GET", "/api/desk/shops/{shop_id}/ratings"),
    ("PUT", "/api/desk/shops/{shop_id}/ratings"),
    ("POST", "/api/desk/webhooks"),
    ("PUT", "/api/desk/webhooks/{id}"),
    ("DELETE", "/api/desk/webhooks/{id}"),
    ("POST", "/api/desk/webhooks/{id}/secret"),
    ("POST", "/api/desk/webhooks/{id}/test"),
    ("GET", "/api/desk/webhooks/{id}/deliveries"),
    ("POST", "/api/desk/webhook-deliveries/{id}/resend"),
}


def calls(routes: Iterable[BaseRoute]) -> Iterator[tuple[str, str]]:
    """(method, path) of everything the desk calls."""
    for route in routes:
        if isinstance(route, Mount):
            yield from calls(route.routes)
        elif isinstance(route, Route) and route.path.startswith("/api/desk/"):
            yield from ((method, route.path) for method in (route.methods or set()) - {"HEAD"})


GUARDED = sorted(set(calls(wiring.ROUTES)) - OPEN)


def address_of(path: str) -> str:
    parts = (NOBODY if part.startswith("{") else part for part in path.split("/"))
    return "/".join(parts)


async def answers(client: aiohttp.ClientSession) -> dict[tuple[str, str], int]:
    found = {}
    for method, path in GUARDED:
        body: dict[str, str] | None = None if method in ("GET", "DELETE") else {}
        async with client.request(method, address_of(path), json=body) as answer:
            found[method, path] = answer.status
    return found


def test_the_table_names_routes_that_exist() -> None:
    assert set(calls(wiring.ROUTES)) >= OPEN | FOR_SUPERVISORS | FOR_ADMINISTRATORS


async def test_a_stranger_may_nothing(address: str) -> None:
    async with aiohttp.ClientSession(address, headers={"X-Stoa-Request": "1"}) as stranger:
        statuses = await answers(stranger)
    # The same transcript is the customer's as well: nobody learns whether it is there.
    assert statuses.pop(("GET", "/api/desk/conversations/{id}/transcript")) == 404
    assert set(statuses.values()) == {401}


async def test_a_foreign_page_may_change_nothing(desk: aiohttp.ClientSession, address: str) -> None:
    """The cookie alone, as a browser would send it for another site's form."""
    cookies = {cookie.key: cookie.value for cookie in desk.cookie_jar}
    async with aiohttp.ClientSession(address, cookies=cookies) as foreign:
        for (method, path), status in (await answers(foreign)).items():
            if method != "GET":
                assert status == 403, (method, path)


@pytest.mark.parametrize(
    ("role", "refused"),
    [
        ("agent", FOR_SUPERVISORS | FOR_ADMINISTRATORS),
        ("supervisor", FOR_ADMINISTRATORS),
        ("administrator", set()),
    ],
)
async def test_a_role_may_what_its_table_says(
    address: str, database: Database, role: str, refused: set[tuple[str, str]]
) -> None:
    person = await an_agent(database, name=role.title(), role=role)
    async with at_the_desk(address, database, person) as client:
        statuses = await answers(client)
    assert {call for call, status in statuses.items() if status == 403} == refused
    assert not [call for call, status in statuses.items() if status in (401, 500)]
