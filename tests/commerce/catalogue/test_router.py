"""The catalogue at the desk: who may do what, in which shape, and that refusals change nothing."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import aiohttp
import pytest

from stoa.commerce.catalogue.service import upsert_products
from stoa.commerce.shops.models import Shop
from stoa.main import create_app
from stoa.people.identity.models import Role
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from stoa.platform.ids import new_id
from tests.commerce.catalogue.importing.files import SHOPIFY, line_of
from tests.factories.catalogue import product, variant
from tests.factories.people import a_staff_token, an_agent
from tests.factories.pictures import picture_bytes
from tests.factories.shops import make_shop, with_reactions
from tests.servers.asgi import serving

OWN_PAGE = {"X-Stoa-Request": "1", "Accept-Language": "de"}


@pytest.fixture(scope="module")
async def shop(database: Database) -> Shop:
    return await make_shop(database)


@pytest.fixture(scope="module")
async def address(
    database_url: str, shop: Shop, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[str]:
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("data"),
        database_url=database_url,
        database_pool_size=4,
        demo=False,
        picture_max_bytes=100_000,
    )
    async with serving(create_app(settings)) as url:
        yield url


@contextlib.asynccontextmanager
async def browser_of(
    address: str, database: Database, role: Role
) -> AsyncIterator[aiohttp.ClientSession]:
    person = await an_agent(database, role=role)
    assert person.staff_id is not None
    token = await a_staff_token(database, staff_id=person.staff_id)
    async with aiohttp.ClientSession(
        address, headers=OWN_PAGE, cookies={"stoa_staff": token}
    ) as session:
        yield session


@pytest.fixture
async def supervisor(address: str, database: Database) -> AsyncIterator[aiohttp.ClientSession]:
    async with browser_of(address, database, Role.SUPERVISOR) as session:
        yield session


@pytest.fixture
async def agent(address: str, database: Database) -> AsyncIterator[aiohttp.ClientSession]:
    async with browser_of(address, database, Role.AGENT) as session:
        yield session


@pytest.fixture
async def chair(database: Database, shop: Shop) -> str:
    """The id of a new product with two variants."""
    name = f"stuhl-{new_id().hex}"
    variants = [variant(f"{name}-r", 9900, colour="red"), variant(f"{name}-b", 9900, colour="blue")]
    async with with_reactions(database).begin() as session:
        await upsert_products(
            session,
            shop=shop,
            records=[product(name, names={"de": f"Stuhl {name}"}, variants=variants)],
        )
        found: UUID = await session.fetch_value(
            "SELECT id FROM product WHERE external_id = $1", name
        )
    return str(found)


async def read(browser: aiohttp.ClientSession, path: str) -> Any:
    answer = await browser.get(path)
    assert answer.status == 200, await answer.text()
    return await answer.json()


async def test_lists_and_finds_products(agent: aiohttp.ClientSession, chair: str) -> None:
    detail = await read(agent, f"/api/desk/products/{chair}")
    name = detail["names"]["de"]
    for wish in (name, name.upper(), detail["variants"][0]["sku"]):
        page = await read(agent, f"/api/desk/products?q={wish}")
        assert [row["id"] for row in page["items"]] == [chair]
    row = page["items"][0]
    assert (row["price_minor"], row["available"], row["variant_count"]) == (9900, 20, 2)
    assert (await read(agent, "/api/desk/products?q=%25_%5C"))["items"] == []
    assert (await agent.get("/api/desk/products?q=%00")).status == 422
    assert (await agent.get("/api/desk/products?cursor=WzEsMl0")).status == 422


async def test_changes_texts_prices_and_stock(
    supervisor: aiohttp.ClientSession, chair: str
) -> None:
    before = await read(supervisor, f"/api/desk/products/{chair}")
    first = before["variants"][0]
    answer = await supervisor.patch(
        f"/api/desk/products/{chair}",
        json={
            "version": before["version"],
            "names": {"de": "Schaukelstuhl", "en": "Rocking chair", "pl": " "},
            "descriptions": {"de": "Weich.<script>alert(1)</script>"},
            "variants": [
                {"id": first["id"], "price_minor": 8900, "compare_price_minor": 9900,
                 "on_hand": 3, "is_tracked": True}
            ],
        },
    )  # fmt: skip
    assert answer.status == 200, await answer.text()
    after = await answer.json()
    assert after["version"] == before["version"] + 1
    assert after["names"] == {"de": "Schaukelstuhl", "en": "Rocking chair"}
    assert after["descriptions"] == {"de": "Weich."}
    assert after["url"].startswith("/de/p/schaukelstuhl")
    changed = next(one for one in after["variants"] if one["id"] == first["id"])
    assert (changed["price_minor"], changed["compare_price_minor"], changed["on_hand"]) == (
        8900, 9900, 3,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"version": 99}, 409),
        ({"version": 1, "names": {"de": "  "}}, 422),
        ({"version": 1, "names": {"fr": "Chaise"}}, 422),
        ({"version": 1, "names": {"de": "A\x00"}}, 400),
        ({"version": 1, "brand": "x" * 201}, 422),
        ({"version": 1, "unknown": True}, 422),
        ({"version": 1, "variants": [{"id": str(new_id()), "price_minor": 1}]}, 422),
        ({}, 422),
    ],
)
async def test_refuses_what_does_not_fit_and_changes_nothing(
    supervisor: aiohttp.ClientSession, chair: str, change: dict[str, Any], status: int
) -> None:
    before = await read(supervisor, f"/api/desk/products/{chair}")
    answer = await supervisor.patch(f"/api/desk/products/{chair}", json=change)
    assert answer.status == status, await answer.text()
    assert await read(supervisor, f"/api/desk/products/{chair}") == before


async def test_refuses_a_former_price_below_the_price(
    supervisor: aiohttp.ClientSession, chair: str
) -> None:
    before = await read(supervisor, f"/api/desk/products/{chair}")
    wish = {"id": before["variants"][0]["id"], "price_minor": 500, "compare_price_minor": 400}
    answer = await supervisor.patch(
        f"/api/desk/products/{chair}", json={"version": before["version"], "variants": [wish]}
    )
    assert answer.status == 422
    assert await read(supervisor, f"/api/desk/products/{chair}") == before


async def test_agents_look_and_do_not_touch(
    agent: aiohttp.ClientSession, address: str, chair: str
) -> None:
    path = f"/api/desk/products/{chair}"
    before = await read(agent, path)
    assert (await agent.patch(path, json={"version": 1})).status == 403
    assert (await agent.post(f"{path}/pictures", data=picture_bytes())).status == 403
    assert (await agent.post("/api/desk/imports", data=b"x")).status == 403
    assert (await agent.get("/api/desk/imports")).status == 403
    assert await read(agent, path) == before
    async with aiohttp.ClientSession(address, headers=OWN_PAGE) as stranger:
        for method, where in (("GET", path), ("PATCH", path), ("POST", f"{path}/pictures"),
                              ("POST", "/api/desk/imports")):  # fmt: skip
            assert (await stranger.request(method, where, data=b"{}")).status == 401


async def test_pictures_come_are_arranged_and_go(
    supervisor: aiohttp.ClientSession, chair: str
) -> None:
    path = f"/api/desk/products/{chair}/pictures"
    for colour in ("red", "blue"):
        answer = await supervisor.post(path, data=picture_bytes(colour=colour))
        assert answer.status == 200, await answer.text()
    first, second = (await answer.json())["pictures"]
    assert (await supervisor.get(first["url"])).status == 200
    wish = {"picture_ids": [second["id"], first["id"]], "alts": {first["id"]: {"de": "Rot"}}}
    arranged = await (await supervisor.patch(path, json=wish)).json()
    assert [picture["id"] for picture in arranged["pictures"]] == wish["picture_ids"]
    assert arranged["pictures"][1]["alts"] == {"de": "Rot"}
    wrong = await supervisor.patch(path, json={"picture_ids": [first["id"]]})
    assert wrong.status == 422
    left = await (await supervisor.delete(f"{path}/{second['id']}")).json()
    assert [picture["id"] for picture in left["pictures"]] == [first["id"]]
    assert (await supervisor.delete(f"{path}/{second['id']}")).status == 404


@pytest.mark.parametrize(
    ("data", "status"), [(b"<svg/>", 422), (b"", 422), (b"\xff" * 100_001, 413)]
)
async def test_refuses_uploads_that_are_no_pictures(
    supervisor: aiohttp.ClientSession, chair: str, data: bytes, status: int
) -> None:
    answer = await supervisor.post(f"/api/desk/products/{chair}/pictures", data=data)
    assert answer.status == status
    assert (await read(supervisor, f"/api/desk/products/{chair}"))["pictures"] == []


async def test_an_upload_becomes_an_import_that_can_be_cancelled(
    supervisor: aiohttp.ClientSession, shop: Shop
) -> None:
    row = {"Handle": "h", "Title": "H", "Variant Price": "", "Variant SKU": "h"}
    body = f"{SHOPIFY}\n{line_of(SHOPIFY, row)}\n".encode()
    answer = await supervisor.post(
        f"/api/desk/imports?shop_id={shop.id}&dry_run=true",
        data=body,
        headers={"X-File-Name": "..%2Fpl%C5%BC.csv"},
    )
    assert answer.status == 200, await answer.text()
    run = await answer.json()
    assert (run["file_name"], run["is_dry_run"], run["total_bytes"]) == ("plż.csv", True, len(body))
    while (run := await read(supervisor, f"/api/desk/imports/{run['id']}"))["state"] in (
        "waiting",
        "running",
    ):
        pass
    assert (run["state"], run["progress"], run["counts"]["errors"]) == ("done", 1000, 1)
    report = await read(supervisor, f"/api/desk/imports/{run['id']}/problems")
    assert [(item["line"], item["message"]) for item in report["items"]] == [
        (2, "Der Preis fehlt.")
    ]
    listed = await read(supervisor, "/api/desk/imports")
    assert run["id"] in [item["id"] for item in listed["items"]]
    assert listed["seq"] > 0
    assert (await supervisor.post(f"/api/desk/imports/{run['id']}/cancel")).status == 409
    assert (await supervisor.get(f"/api/desk/imports/{new_id()}")).status == 404


async def test_says_in_words_why_a_file_was_refused(supervisor: aiohttp.ClientSession) -> None:
    run = await (await supervisor.post("/api/desk/imports", data=b"a,b\n1,2\n")).json()
    while (run := await read(supervisor, f"/api/desk/imports/{run['id']}"))["state"] != "failed":
        assert run["state"] in ("waiting", "running")
    assert "lässt sich nicht importieren" in run["problem"]
