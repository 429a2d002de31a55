"""Signing in, links, roles and what they refuse, through HTTP on a real database."""

import asyncio
from typing import Any

import aiohttp
import pytest

from stoa.people.identity.service import create_setup_link
from stoa.platform.database.session import Database
from stoa.platform.realtime.protocol import CloseCode
from tests.people.conftest import PASSWORD, new_browser
from tests.servers.people import on_the_line


def credentials(email: str = "ada@example.com", password: str = PASSWORD) -> dict[str, str]:
    return {"email": email, "password": password}


async def invite(
    administrator: aiohttp.ClientSession, *, email: str, role: str = "agent"
) -> dict[str, Any]:
    answer = await administrator.post(
        "/api/desk/staff", json={"email": email, "name": "New", "role": role}
    )
    assert answer.status == 200, await answer.text()
    issued: dict[str, Any] = await answer.json()
    return issued


def api_link(url: str) -> str:
    return "/api/desk/links/" + url.rpartition("/")[2]


async def test_the_setup_link_made_an_administrator_and_is_spent(
    administrator: aiohttp.ClientSession, database: Database
) -> None:
    me = await (await administrator.get("/api/desk/me")).json()
    assert (me["name"], me["role"]) == ("Ada", "administrator")
    async with database.begin() as session:
        assert await create_setup_link(session, base_url="http://shop") is None


async def test_signs_in_and_out(
    administrator: aiohttp.ClientSession, browser: aiohttp.ClientSession, address: str
) -> None:
    assert (await browser.get("/api/desk/me")).status == 401
    answer = await browser.post("/api/desk/sign-in", json=credentials("ADA@example.com"))
    assert answer.status == 200
    cookie = answer.cookies["stoa_staff"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "strict"
    assert (await browser.get("/api/desk/me")).status == 200
    assert (await browser.post("/api/desk/sign-out")).status == 204
    assert (await browser.get("/api/desk/me")).status == 401
    async with aiohttp.ClientSession(address, cookies={"stoa_staff": cookie.value}) as thief:
        assert (await thief.get("/api/desk/me")).status == 401


async def test_unknown_address_and_wrong_password_get_the_same_answer(
    administrator: aiohttp.ClientSession, browser: aiohttp.ClientSession
) -> None:
    answers = []
    for form in (credentials("nobody@example.com"), credentials(password="something else")):
        answer = await browser.post("/api/desk/sign-in", json=form)
        answers.append((answer.status, await answer.json()))
    assert answers[0] == answers[1]
    assert answers[0][0] == 401
    assert answers[0][1]["code"] == "wrong_credentials"


async def test_a_foreign_page_cannot_sign_in_or_act(address: str, administrator_token: str) -> None:
    async with aiohttp.ClientSession(
        address, cookies={"stoa_staff": administrator_token}
    ) as foreign:
        answer = await foreign.post("/api/desk/sign-in", json=credentials())
        assert (await answer.json())["code"] == "cross_site_request"
        answer = await foreign.post("/api/desk/staff", json={"email": "x@example.com", "name": "X"})
        assert answer.status == 403
        staff = await (await foreign.get("/api/desk/staff")).json()
        assert "x@example.com" not in [item["email"] for item in staff["items"]]


async def test_guessing_is_slowed_down_for_the_guesser_alone(
    administrator: aiohttp.ClientSession, browser: aiohttp.ClientSession
) -> None:
    await invite(administrator, email="target@example.com")
    statuses = []
    for attempt in range(11):
        form = credentials("target@example.com", f"guess number {attempt}")
        answer = await browser.post("/api/desk/sign-in", json=form)
        statuses.append(answer.status)
    assert statuses == [401] * 10 + [429]
    assert int(answer.headers["Retry-After"]) > 0
    assert (await browser.post("/api/desk/sign-in", json=credentials())).status == 200


async def test_an_invited_agent_chooses_a_password_and_may_not_administer(
    administrator: aiohttp.ClientSession, browser: aiohttp.ClientSession
) -> None:
    issued = await invite(administrator, email="bo@example.com")
    link = api_link(issued["url"])
    shown = await (await browser.get(link)).json()
    assert (shown["purpose"], shown["email"]) == ("invite", "bo@example.com")
    answer = await browser.post(link, json={"name": "Bo", "password": "short"})
    assert answer.status == 422
    answer = await browser.post(link, json={"name": "Bo", "password": PASSWORD})
    assert (await answer.json())["name"] == "Bo"
    assert (await browser.get(link)).status == 410
    answer = await browser.post("/api/desk/staff", json={"email": "c@example.com", "name": "C"})
    assert answer.status == 403
    assert (await browser.get("/api/desk/audit")).status == 403


async def test_a_link_used_twice_at_once_works_once(
    administrator: aiohttp.ClientSession, address: str
) -> None:
    issued = await invite(administrator, email="twice@example.com")

    async def use() -> int:
        async with new_browser(address) as client:
            answer = await client.post(api_link(issued["url"]), json={"password": PASSWORD})
            return answer.status

    assert sorted(await asyncio.gather(use(), use())) == [200, 410]


async def test_a_reset_ends_every_session(
    administrator: aiohttp.ClientSession, browser: aiohttp.ClientSession, address: str
) -> None:
    issued = await invite(administrator, email="reset@example.com")
    answer = await browser.post(api_link(issued["url"]), json={"password": PASSWORD})
    staff_id = (await answer.json())["id"]
    renewed = await (await administrator.post(f"/api/desk/staff/{staff_id}/link")).json()
    async with new_browser(address) as other:
        answer = await other.post(api_link(renewed["url"]), json={"password": "a new long one"})
        assert answer.status == 200
        assert (await other.get("/api/desk/me")).status == 200
    assert (await browser.get("/api/desk/me")).status == 401
    answer = await browser.post(
        "/api/desk/sign-in", json=credentials("reset@example.com", PASSWORD)
    )
    assert answer.status == 401


async def test_deactivating_a_colleague_ends_their_sessions(
    administrator: aiohttp.ClientSession, browser: aiohttp.ClientSession
) -> None:
    issued = await invite(administrator, email="leaver@example.com", role="supervisor")
    answer = await browser.post(api_link(issued["url"]), json={"password": PASSWORD})
    staff_id = (await answer.json())["id"]
    answer = await administrator.patch(f"/api/desk/staff/{staff_id}", json={"is_active": False})
    assert (await answer.json())["is_active"] is False
    assert (await browser.get("/api/desk/me")).status == 401


async def test_languages_and_skills_are_kept_once_each_and_the_rest_stays(
    administrator: aiohttp.ClientSession,
) -> None:
    issued = await invite(administrator, email="skilled@example.com", role="supervisor")
    path = f"/api/desk/staff/{issued['staff']['id']}"
    assert issued["staff"]["languages"] == [] == issued["staff"]["skills"]
    change = {"languages": ["pl", "de", "pl"], "skills": [" Wine ", "delivery", "wine"]}
    answer = await administrator.patch(path, json=change)
    changed = await answer.json()
    assert (changed["languages"], changed["skills"]) == (["pl", "de"], ["wine", "delivery"])
    assert changed["role"] == "supervisor"

    answer = await administrator.patch(path, json={"skills": []})
    changed = await answer.json()
    assert (changed["languages"], changed["skills"]) == (["pl", "de"], [])
    assert (await administrator.patch(path, json={"languages": ["xx"]})).status == 422


async def test_the_last_administrator_stays(administrator: aiohttp.ClientSession) -> None:
    me = await (await administrator.get("/api/desk/me")).json()
    answer = await administrator.patch(f"/api/desk/staff/{me['id']}", json={"role": "agent"})
    assert (await answer.json())["code"] == "last_administrator"
    assert (await (await administrator.get("/api/desk/me")).json())["role"] == "administrator"


async def test_changing_the_password_keeps_this_session_only(
    administrator: aiohttp.ClientSession, browser: aiohttp.ClientSession, address: str
) -> None:
    issued = await invite(administrator, email="pw@example.com")
    await browser.post(api_link(issued["url"]), json={"password": PASSWORD})
    async with new_browser(address) as other:
        await other.post("/api/desk/sign-in", json=credentials("pw@example.com"))
        sessions = await (await browser.get("/api/desk/me/sessions")).json()
        assert [item["is_current"] for item in sessions["items"]].count(True) == 1
        assert len(sessions["items"]) == 2
        answer = await browser.post(
            "/api/desk/me/password", json={"current": "wrong", "new": "another long one"}
        )
        assert answer.status == 401
        answer = await browser.post(
            "/api/desk/me/password", json={"current": PASSWORD, "new": "another long one"}
        )
        assert answer.status == 204
        assert (await other.get("/api/desk/me")).status == 401
        assert (await browser.get("/api/desk/me")).status == 200


async def test_the_audit_pages_through_what_was_done(
    administrator: aiohttp.ClientSession,
) -> None:
    await invite(administrator, email="audited@example.com")
    seen, cursor = [], ""
    while True:
        page = await (await administrator.get(f"/api/desk/audit?cursor={cursor}")).json()
        seen += page["items"]
        if page["next"] is None:
            break
        cursor = page["next"]
    assert seen[0]["action"] == "staff.invited"
    assert seen[0]["staff_name"] == "Ada"
    assert seen[-1]["action"] in ("staff.link_used", "staff.signed_in")
    assert len({item["id"] for item in seen}) == len(seen)
    assert (await administrator.get("/api/desk/audit?cursor=nonsense")).status == 422


async def test_answers_carry_the_security_headers(browser: aiohttp.ClientSession) -> None:
    answer = await browser.get("/api/desk/me")
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_live_lines_end_with_their_session(
    administrator: aiohttp.ClientSession, browser: aiohttp.ClientSession, address: str
) -> None:
    issued = await invite(administrator, email="lines@example.com")
    answer = await browser.post(api_link(issued["url"]), json={"password": PASSWORD})
    first, staff_id = answer.cookies["stoa_staff"].value, (await answer.json())["id"]
    async with new_browser(address) as other:
        answer = await other.post("/api/desk/sign-in", json=credentials("lines@example.com"))
        second = answer.cookies["stoa_staff"].value
        async with (
            on_the_line(address, surface="desk", cookies={"stoa_staff": first}) as left,
            on_the_line(address, surface="desk", cookies={"stoa_staff": second}) as right,
        ):
            assert (await other.post("/api/desk/sign-out")).status == 204
            assert await right.closed() == CloseCode.UNAUTHENTICATED
            await left.ask("presence.set", status="away")
            await administrator.patch(f"/api/desk/staff/{staff_id}", json={"is_active": False})
            assert await left.closed() == CloseCode.UNAUTHENTICATED
    with pytest.raises(AssertionError):
        async with on_the_line(address, surface="desk", cookies={"stoa_staff": first}):
            pass
