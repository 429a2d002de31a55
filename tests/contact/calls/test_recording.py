"""A call is recorded with everybody's yes, one side each, and not a moment without."""

import asyncio
import os
import signal
from typing import Any
from uuid import UUID

import pytest

from stoa.contact.calls.media.embedded import EmbeddedEngine
from stoa.contact.calls.recordings.consents import wording
from stoa.people.consent.queries import list_consents
from tests.contact.calls.lab import Lab
from tests.contact.calls.people import at_the_desk
from tests.contact.calls.talking import AGENT, CUSTOMER, SUPERVISOR, Talk, talking
from tests.servers.people import Refused
from tests.servers.tones import HEARD_DB, levels, read_sides
from tests.waiting import until

OTHER = SUPERVISOR  # the tone of a third


async def kept(talk: Talk, *, count: int = 1) -> list[Any]:
    """The recordings that are kept, once they are as many."""

    async def look() -> list[Any]:
        found = await talk.recordings("kept")
        return found if len(found) >= count else []

    return await until(look)


async def has_no_spool(talk: Talk) -> None:
    """The file of what was heard goes once the row of the recording stands."""

    async def look() -> bool:
        return not talk.spool()

    await until(look)


async def is_silent(talk: Talk) -> bool:
    """Nothing of the call is on the disk or in the database."""
    async with talk.lab.database.read() as session:
        blobs = await session.fetch_value("SELECT count(*) FROM blob")
    return not talk.spool() and not blobs and not talk.blob_files()


def sides_of(talk: Talk, recording: Any) -> list[dict[int, float]]:
    """How loud each tone is on each side, over the whole recording."""
    samples = read_sides(talk.lab.node.blobs.local_path(recording["key"]))
    return [levels(side, (CUSTOMER, AGENT, OTHER)) for side in samples]


def is_alone(side: dict[int, float], tone: int) -> bool:
    """The side has this tone and no other. A gap of a machine that is busy spreads a little of the
    tone over all the others; somebody else's voice would be as loud as its own.
    """
    others = [level for other, level in side.items() if other != tone]
    return side[tone] > HEARD_DB and max(others) < side[tone] - 35


async def said(talk: Talk) -> list[tuple[bool, str, str]]:
    """(by staff, state, how) of everything in the ledger about this call."""
    async with talk.lab.database.read() as session:
        entries = await list_consents(session, subject=UUID(talk.call_id))
    return [(entry.staff_id is not None, entry.state, entry.how) for entry in entries]


async def test_records_each_side_after_the_customers_yes(lab: Lab) -> None:
    async with talking(lab, recording="ask") as talk:
        row = await talk.record()
        assert (row["recording"], row["recordings"]) == ("asked", [])
        await talk.anna.sees(recording="asked")
        assert await is_silent(talk)
        assert await said(talk) == [(True, "given", "clicked")]

        view = await talk.answer(is_agreed=True)
        assert view["recording"] == "on"
        await until(talk.writes)
        await talk.customer.hears(AGENT)  # after the words that it has begun
        await asyncio.sleep(1.5)  # they talk
        row = await talk.record(is_on=False)
        assert row["recording"] == "off"
        [recording] = await kept(talk)
        left, right = sides_of(talk, recording)
        assert is_alone(left, CUSTOMER)
        assert is_alone(right, AGENT)
        assert recording["is_complete"]
        assert recording["duration_ms"] > 1_000
        assert len(recording["waveform"]) % 2 == 0
        assert max(recording["waveform"]) > 20
        assert (recording["delete_after"] - recording["ended_at"].date()).days == 90
        await has_no_spool(talk)
        assert await said(talk) == [(True, "given", "clicked"), (False, "given", "clicked")]

        row = await talk.ada.sees(talk.call_id, recording="off")
        while not (row["recordings"] and row["recordings"][0]["state"] == "kept"):
            row = await talk.ada.sees(talk.call_id, recording="off")
        assert row["recordings"][0]["waveform"]
        facts = [fact["fact"] for fact in row["facts"]]
        assert facts[-3:] == ["recording_asked", "recording_started", "recording_stopped"]


async def test_the_ledger_has_the_words_that_were_read(lab: Lab) -> None:
    async with talking(lab, recording="ask") as talk:
        await talk.record()
        await talk.answer(is_agreed=True)
        async with lab.database.read() as session:
            agent, customer = await list_consents(session, subject=UUID(talk.call_id))
    asked, own = wording("ask", locale="en", name="Ada"), wording("agent", locale="en")
    assert asked.text.startswith("Ada would like to record this call")
    assert (customer.wording, customer.wording_version) == (asked.text, asked.version)
    assert (agent.wording, agent.wording_version) == (own.text, own.version)


async def test_a_no_records_nothing_and_nobody_asks_again(lab: Lab) -> None:
    async with talking(lab, recording="ask") as talk:
        await talk.record()
        assert (await talk.answer(is_agreed=False))["recording"] == "refused"
        with pytest.raises(Refused) as refused:
            await talk.record()
        assert refused.value.code == "call.recording_refused"
        await talk.customer.hears(AGENT, absent=[CUSTOMER])
        await talk.hang_up()
        await talk.anna.sees(state="ended")
        assert await talk.recordings("running", "kept", "failed", "deleted") == []
        assert await is_silent(talk)
        assert (False, "refused", "clicked") in await said(talk)


async def test_a_yes_taken_back_deletes_all_of_the_call(lab: Lab) -> None:
    async with talking(lab, recording="ask") as talk:
        await talk.record()
        await talk.answer(is_agreed=True)
        await until(talk.writes)
        await asyncio.sleep(1)  # they talk
        await talk.record(is_on=False)
        await kept(talk)
        await talk.record()
        await talk.answer(is_agreed=True)
        await until(talk.writes)
        assert (await talk.answer(is_agreed=False))["recording"] == "refused"
        assert len(await talk.recordings("deleted")) == 2

        async def nothing() -> bool:
            return await is_silent(talk)

        await until(nothing)
        assert [entry[1] for entry in await said(talk)] == [
            "given",
            "given",
            "given",
            "withdrawn",
        ]
        # And then, after all: the customer may.
        await talk.answer(is_agreed=True)
        await until(talk.writes)
        await asyncio.sleep(1)  # they talk
        await talk.hang_up()
        assert len(await kept(talk)) == 1


async def test_an_announcement_comes_first_and_going_on_is_a_yes(lab: Lab) -> None:
    async with talking(lab, recording="announce") as talk:
        row = await talk.record()
        assert row["recording"] == "announced"
        assert await is_silent(talk)
        # It takes as long as the words do.
        await until(talk.is_recording)
        assert await said(talk) == [(True, "given", "clicked"), (False, "given", "announced")]
        await talk.customer.hears(AGENT, absent=[CUSTOMER])
        await asyncio.sleep(1.5)  # they talk
        await talk.hang_up()
        [recording] = await kept(talk)
        left, right = sides_of(talk, recording)
        assert left[CUSTOMER] > HEARD_DB
        assert right[AGENT] > HEARD_DB


async def test_a_no_during_the_announcement_records_nothing(lab: Lab) -> None:
    async with talking(lab, recording="announce") as talk:
        await talk.record()
        await talk.answer(is_agreed=False)
        await talk.customer.hears(AGENT, absent=[CUSTOMER])
        await talk.hang_up()
        await talk.anna.sees(state="ended")
        assert await talk.recordings("running", "kept", "failed", "deleted") == []
        assert await is_silent(talk)


async def test_refuses_where_the_shop_never_records(lab: Lab) -> None:
    async with talking(lab, recording="never") as talk, at_the_desk(lab, "Bo") as bo:
        with pytest.raises(Refused) as refused:
            await talk.record()
        assert refused.value.code == "call.recording_off"
        with pytest.raises(Refused) as refused:
            await talk.answer(is_agreed=True)
        assert refused.value.code == "call.not_possible_now"
        with pytest.raises(Refused) as refused:
            await bo.person.ask("call.record", call_id=talk.call_id, is_on=True)
        assert refused.value.code == "not_found"
        assert await said(talk) == []


async def test_a_transfer_is_not_recorded_and_the_next_agent_is_in_the_ledger(lab: Lab) -> None:
    async with talking(lab, recording="ask") as talk, at_the_desk(lab, "Bo") as bo:
        await talk.record()
        await talk.answer(is_agreed=True)
        await until(talk.writes)
        await asyncio.sleep(1)  # they talk
        await talk.ada.person.ask(
            "call.transfer", call_id=talk.call_id, staff_id=str(bo.staff_id), kind="blind"
        )
        await kept(talk)  # while it rings at Bo's desk, and the customer waits
        await has_no_spool(talk)
        call_id, offer_id = await bo.rings(talk.call_id)
        joined = await bo.accept(call_id, offer_id)
        client = await talk.join(bo.person, joined["leg_id"], OTHER)
        await talk.customer.hears(OTHER, absent=[AGENT])
        await client.hears(CUSTOMER)
        await asyncio.sleep(1)  # they talk
        await talk.hang_up()
        first, second = await kept(talk, count=2)
        assert is_alone(sides_of(talk, first)[1], AGENT)
        assert is_alone(sides_of(talk, second)[1], OTHER)
        assert is_alone(sides_of(talk, second)[0], CUSTOMER)
        assert await said(talk) == [
            (True, "given", "clicked"),
            (False, "given", "clicked"),
            (True, "given", "announced"),
        ]


@pytest.mark.fault
async def test_what_a_killed_process_had_recorded_is_kept_as_far_as_it_goes(lab: Lab) -> None:
    async with talking(lab, recording="ask") as talk:
        await talk.record()
        await talk.answer(is_agreed=True)
        await talk.customer.hears(AGENT)
        await asyncio.sleep(3)  # they talk
        for worker in lab.node.part(EmbeddedEngine).workers:
            os.kill(worker.pid, signal.SIGKILL)
        await talk.anna.sees(state="ended", end_reason="failed")
        [recording] = await kept(talk)
        assert not recording["is_complete"]
        assert recording["duration_ms"] > 1_000
        assert recording["waveform"]
        left, right = sides_of(talk, recording)
        assert is_alone(left, CUSTOMER)
        assert is_alone(right, AGENT)
