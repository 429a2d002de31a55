"""Relays, signals between pages, facts and consent over live sockets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import pytest

from stoa.people.consent.queries import list_consents
from tests.contact.calls.lab import Lab
from tests.contact.calls.people import AtDesk, OnPage, at_the_desk, on_the_page
from tests.servers.people import Refused


@dataclass(frozen=True)
class Talk:
    """Anna and Ada talk; Eve is somebody else's customer."""

    call_id: str
    anna: OnPage
    ada: AtDesk
    eve: OnPage
    annas_leg: str
    adas_leg: str


@asynccontextmanager
async def a_talk(lab: Lab) -> AsyncIterator[Talk]:
    async with (
        at_the_desk(lab, "Ada") as ada,
        on_the_page(lab) as anna,
        on_the_page(lab) as eve,
    ):
        call = await anna.start(lab.shop)
        call_id, offer_id = await ada.rings(call["id"])
        joined = await ada.accept(call_id, offer_id)
        await anna.sees(state="active")
        yield Talk(call_id, anna, ada, eve, call["leg_id"], joined["leg_id"])


def a_hello(number: int) -> dict[str, object]:
    return {"kind": "hello", "page": f"page-{number}", "shows": {}, "isAnswer": False}


async def test_pages_of_a_call_tell_each_other_something(lab: Lab) -> None:
    async with a_talk(lab) as talk:
        anna, ada = talk.anna.person, talk.ada.person
        for person in (anna, ada):
            await person.subscribe(f"call:{talk.call_id}")
        await ada.signal("call.peer", call_id=talk.call_id, data=a_hello(1))
        heard = (await anna.hear("call.peer"))["data"]
        assert heard["from_leg_id"] == talk.adas_leg
        assert heard["to_leg_id"] is None
        assert heard["data"] == a_hello(1)
        await anna.signal(
            "call.peer", call_id=talk.call_id, to_leg_id=talk.adas_leg, data=a_hello(2)
        )
        heard = (await ada.hear("call.peer"))["data"]
        assert (heard["from_leg_id"], heard["data"]) == (talk.annas_leg, a_hello(2)), (
            "nobody hears themselves"
        )


async def test_a_socket_that_came_back_goes_on_at_once(lab: Lab) -> None:
    async with a_talk(lab) as talk:
        await talk.ada.person.subscribe(f"call:{talk.call_id}")
        visitor = (talk.anna.visitor_id, talk.anna.token)
        async with on_the_page(lab, visitor=visitor) as again:
            await again.person.subscribe(f"call:{talk.call_id}")
            await again.person.signal("call.peer", call_id=talk.call_id, data=a_hello(3))
            heard = (await talk.ada.person.hear("call.peer"))["data"]
            assert heard["from_leg_id"] == talk.annas_leg


async def test_whoever_only_listens_says_nothing(lab: Lab) -> None:
    async with a_talk(lab) as talk:
        topic = f"call:{talk.call_id}"
        for person in (talk.anna.person, talk.ada.person):
            await person.subscribe(topic)
        async with lab.database.begin() as session:
            await session.execute(
                "UPDATE call_leg SET mode = 'listen' WHERE id = $1", UUID(talk.adas_leg)
            )
        await talk.ada.person.signal("call.peer", call_id=talk.call_id, data=a_hello(4))
        problem = await talk.ada.person.receive()
        while problem["t"] != "problem":
            problem = await talk.ada.person.receive()
        assert problem["code"] == "not_found"


async def test_strangers_hear_and_say_nothing(lab: Lab) -> None:
    async with a_talk(lab) as talk:
        with pytest.raises(Refused, match="not_found"):
            await talk.eve.person.subscribe(f"call:{talk.call_id}")
        for command, more in (
            ("call.show", {"call_id": talk.call_id, "source": "camera"}),
            ("call.answer_snapshot", {"call_id": talk.call_id, "is_agreed": True, "locale": "en"}),
        ):
            with pytest.raises(Refused, match="not_found"):
                await talk.eve.person.ask(command, **more)
        with pytest.raises(Refused, match="forbidden"):
            await talk.eve.person.ask("call.ice")


async def test_relays_are_for_both_until_the_end(lab: Lab) -> None:
    async with a_talk(lab) as talk:
        for person in (talk.anna.person, talk.ada.person):
            given = await person.ask("call.ice")
            assert given == {"ice_servers": [], "expires_at": None}, "none is set"
        await talk.anna.person.ask("call.hang_up", call_id=talk.call_id)
        with pytest.raises(Refused, match="forbidden"):
            await talk.anna.person.ask("call.ice")


async def test_the_story_tells_once_who_showed_what(lab: Lab) -> None:
    async with a_talk(lab) as talk:
        for person, source in (
            (talk.ada.person, "camera"),
            (talk.ada.person, "camera"),
            (talk.anna.person, "screen"),
        ):
            await person.ask("call.show", call_id=talk.call_id, source=source)
        while True:
            call = (await talk.ada.person.hear("call.listed"))["data"]["call"]
            told = [(fact["fact"], fact["name"]) for fact in call["facts"]]
            if ("screen_shared", None) in told:
                break
        assert [fact for fact in told if fact[0] in ("video_started", "screen_shared")] == [
            ("video_started", "Ada"),
            ("screen_shared", None),
        ]


async def test_agents_do_not_agree_for_their_customers(lab: Lab) -> None:
    async with a_talk(lab) as talk:
        answer = {"call_id": talk.call_id, "is_agreed": True, "locale": "en"}
        with pytest.raises(Refused, match="forbidden"):
            await talk.ada.person.ask("call.answer_snapshot", **answer)
        async with lab.database.read() as session:
            assert await list_consents(session, subject=UUID(talk.call_id)) == []
        await talk.anna.person.ask("call.answer_snapshot", **answer)
        async with lab.database.read() as session:
            [entry] = await list_consents(session, subject=UUID(talk.call_id))
        assert entry.is_given
        assert entry.visitor_id == talk.anna.visitor_id
