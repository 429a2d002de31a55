"""Opening the counter: who becomes a visitor, and how the browser keeps it."""

import aiohttp

from stoa.platform.database.session import Database


async def visitors(database: Database) -> int:
    async with database.read() as session:
        count: int = await session.fetch_value("SELECT count(*) FROM visitor")
        return count


async def test_opening_twice_is_the_same_visitor(browser: aiohttp.ClientSession) -> None:
    first = await browser.post("/api/counter/visitor", json={"locale": "pl"})
    second = await browser.post("/api/counter/visitor", json={"locale": "pl"})
    assert first.cookies["stoa_visitor"]["httponly"]
    assert first.cookies["stoa_visitor"]["samesite"] == "lax"
    one, two = await first.json(), await second.json()
    assert one["visitor_id"] == two["visitor_id"]
    assert one["token"] is None, "a script must not read what the cookie keeps from it"
    assert "stoa_visitor" not in second.cookies


async def test_a_frame_without_cookies_keeps_its_token(address: str) -> None:
    async with aiohttp.ClientSession(address, cookie_jar=aiohttp.DummyCookieJar()) as frame:
        form = {"locale": "de", "keeps": "token"}
        first = await frame.post("/api/counter/visitor", json=form)
        assert "stoa_visitor" not in first.cookies
        made = await first.json()
        bearer = {"Authorization": f"Bearer {made['token']}"}
        again = await (await frame.post("/api/counter/visitor", json=form, headers=bearer)).json()
        assert again == {"visitor_id": made["visitor_id"], "token": None}


async def test_nonsense_makes_no_visitor(
    browser: aiohttp.ClientSession, database: Database
) -> None:
    before = await visitors(database)
    for body in (b"", b"[]", b"{", b'{"locale": "xx"}', b'{"locale": "en", "more": 1}'):
        answer = await browser.post("/api/counter/visitor", data=body)
        assert answer.status in (400, 422), body
    assert await visitors(database) == before
