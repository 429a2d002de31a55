"""A yes to offers, told to an agent, is asked for at the address; the page shows what waits."""

from typing import Any
from uuid import UUID

import aiohttp
import pytest

from stoa.commerce.shops.models import Shop
from stoa.contact.conversations.models import Sender
from stoa.people.consent.asking import MOST_PER_ADDRESS
from stoa.people.consent.models import Purpose
from stoa.people.consent.service import add_wording, confirm_consent
from stoa.people.customers.models import Point, PointKind
from stoa.people.customers.service import claim_point, customer_of_point
from stoa.platform.database.session import Database
from stoa.platform.ids import new_id
from tests.factories.shops import with_reactions

YES = {"purpose": "marketing", "state": "given", "how": "spoken", "note": "on the phone"}


async def a_customer(database: Database, *, phone: str = "") -> str:
    """Whose path at the desk; they speak Greek."""
    async with with_reactions(database).begin() as session:
        found = await customer_of_point(
            session,
            point=Point(PointKind.EMAIL, f"{new_id().hex}@example.org"),
            is_verified=False,
            name="Eleni",
            locale="el",
            source="email",
        )
        if phone:
            await claim_point(
                session,
                customer_id=found.id,
                point=Point(PointKind.PHONE, phone),
                source="desk",
            )
    return f"/api/desk/customers/{found.id}"


async def say(
    desk: aiohttp.ClientSession, path: str, kind: str, *, status: int = 201, **more: str
) -> Any:
    page = await (await desk.get(path)).json()
    [point] = [one for one in page["points"] if one["kind"] == kind]
    answer = await desk.post(f"{path}/consents", json={"point_id": point["id"], **YES, **more})
    assert answer.status == status, await answer.text()
    return await answer.json()


async def test_a_yes_waits_for_the_customers_own_answer(
    desk: aiohttp.ClientSession, database: Database, shop: Shop, agent: Sender
) -> None:
    path = await a_customer(database)
    page = await say(desk, path, "email")
    assert page["consents"] == []
    [waiting] = page["consent_requests"]
    assert (waiting["source"], waiting["locale"], waiting["is_open"]) == ("desk", "el", True)
    assert waiting["wording"] == page["consent_words"]["email"]["marketing"]
    assert f"από το {shop.name} μέσω e-mail" in waiting["wording"]
    async with database.begin() as session:
        await confirm_consent(
            session, request_id=UUID(waiting["id"]), ip="192.0.2.1", user_agent=""
        )
    page = await (await desk.get(path)).json()
    assert page["consent_requests"] == []
    [entry] = page["consents"]
    assert (entry["state"], entry["how"], entry["recorded_by"]) == (
        "given",
        "double_opt_in",
        agent.staff_name,
    )
    assert (entry["wording"], entry["proof"]["note"]) == (waiting["wording"], "on the phone")


async def test_a_no_needs_no_confirmation(desk: aiohttp.ClientSession, database: Database) -> None:
    path = await a_customer(database)
    await say(desk, path, "email")
    page = await say(desk, path, "email", state="refused")
    assert page["consent_requests"] == []
    assert [entry["state"] for entry in page["consents"]] == ["refused"]


async def test_refuses_to_ask_at_a_number_without_a_line(
    desk: aiohttp.ClientSession, database: Database
) -> None:
    path = await a_customer(database, phone="+49 30 901820")
    problem = await say(desk, path, "phone", status=409)
    assert problem["code"] == "no_sms_line"
    page = await (await desk.get(path)).json()
    assert (page["consents"], page["consent_requests"]) == ([], [])


async def test_an_agent_cannot_ask_without_end(
    desk: aiohttp.ClientSession, database: Database
) -> None:
    path = await a_customer(database)
    for _ in range(MOST_PER_ADDRESS):
        page = await say(desk, path, "email")
    problem = await say(desk, path, "email", status=429)
    assert problem["code"] == "consent_asked_too_often"
    assert (await (await desk.get(path)).json())["consent_requests"] == page["consent_requests"]


@pytest.mark.parametrize("purpose", ["urgent", "service"])
async def test_what_is_no_mailing_is_recorded_as_said(
    desk: aiohttp.ClientSession, database: Database, purpose: str
) -> None:
    page = await say(desk, await a_customer(database), "email", purpose=purpose)
    assert [entry["state"] for entry in page["consents"]] == ["given"]


async def test_the_ledger_keeps_the_words_of_then(
    desk: aiohttp.ClientSession, database: Database, shop: Shop, agent: Sender
) -> None:
    assert agent.staff_id is not None
    path = await a_customer(database)
    before = (await say(desk, path, "email", purpose="urgent"))["consents"][0]
    async with database.begin() as session:
        version = await add_wording(
            session,
            shop_id=shop.id,
            purpose=Purpose.URGENT,
            locale="el",
            text="Το {shop}, {way}!",
            by=agent.staff_id,
        )
    page = await say(desk, path, "email", purpose="urgent")
    assert [(entry["wording"], entry["wording_version"]) for entry in page["consents"]] == [
        (f"Το {shop.name}, μέσω e-mail!", str(version)),
        (before["wording"], "1"),
    ]
