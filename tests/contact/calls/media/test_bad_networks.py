"""Lines over a network that loses, delays, moves and breaks."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from uuid import uuid4

import pytest

from stoa.contact.calls.media.engine import LegConnected, LegLost, LegStats
from tests.contact.calls.media.conftest import Person, TonesCall
from tests.contact.calls.media.test_embedded import OFFER
from tests.servers.bad_udp import BadUdp, bad_udp
from tests.servers.tones import TONES, ToneClient

CUSTOMER, AGENT, THIRD, _ = TONES
CANDIDATE = re.compile(r"(a=candidate:\S+ 1 udp \S+) (\S+) (\d+)")


class BadlyConnected(TonesCall):
    """The first to join comes through a network that can be made bad."""

    network: BadUdp | None = None
    open: AsyncExitStack

    async def connect(self, person: Person, *, side: str) -> None:
        async def answer(offer: str) -> str:
            said = await self.engine.add_browser_leg(
                self.id, person.leg_id, offer=offer, side="shop"
            )
            if self.network is None:
                found = CANDIDATE.search(said)
                assert found is not None
                server = (found[2], int(found[3]))
                self.network = await self.open.enter_async_context(bad_udp(server))
                host, port = self.network.address
                said = CANDIDATE.sub(rf"\1 {host} {port}", said)
            return said

        await person.client.connect(answer)


@pytest.fixture
async def bad(call: TonesCall) -> AsyncIterator[BadlyConnected]:
    made = BadlyConnected(call.engine, call.events, call.id, call.clients)
    async with AsyncExitStack() as made.open:
        yield made


async def stats_of(call: TonesCall, person: Person) -> LegStats:
    return next(it for it in await call.engine.stats(call.id) if it.leg_id == person.leg_id)


async def test_losses_are_counted_and_bridged(bad: BadlyConnected) -> None:
    customer = await bad.join(CUSTOMER)
    agent = await bad.join(AGENT)
    third = await bad.join(THIRD)
    assert bad.network is not None
    await agent.client.hears(CUSTOMER, THIRD)
    bad.network.lost_share, bad.network.jitter_seconds = 0.05, 0.03
    # Everybody hears a mix, and the customer, whose line is bad, is still in it.
    for _ in range(5):
        await agent.client.hears(CUSTOMER, THIRD, tones=[])
        await third.client.hears(CUSTOMER, AGENT, tones=[])
        await customer.client.hears(AGENT, THIRD, tones=[])
    seen = await stats_of(bad, customer)
    assert seen.packets_lost > 0
    assert 0.01 < seen.packets_lost / (seen.packets_received + seen.packets_lost) < 0.15
    assert seen.jitter_ms > 1
    assert (await stats_of(bad, agent)).packets_lost == 0


async def test_a_line_follows_its_browser_to_another_address(bad: BadlyConnected) -> None:
    customer = await bad.join(CUSTOMER)
    agent = await bad.join(AGENT)
    assert bad.network is not None
    await customer.client.hears(AGENT)
    await bad.network.move()
    # At the latest with the browser's next check of whether we still want its packets.
    await customer.client.hears(AGENT)
    await agent.client.hears(CUSTOMER)


async def test_a_break_is_told_and_heals_by_itself(bad: BadlyConnected) -> None:
    customer = await bad.join(CUSTOMER)
    agent = await bad.join(AGENT)
    assert bad.network is not None
    await agent.client.hears(CUSTOMER)
    bad.network.is_cut = True
    lost = await bad.events.wait(LegLost)
    assert lost.leg_id == customer.leg_id
    await agent.client.hears(absent=TONES)
    sent = (await stats_of(bad, customer)).packets_sent
    await asyncio.sleep(0.3)
    assert (await stats_of(bad, customer)).packets_sent == sent  # nobody said it was wanted
    bad.network.is_cut = False
    await bad.events.wait(LegConnected, lambda it: it.leg_id == customer.leg_id, count=2)
    await agent.client.hears(CUSTOMER)
    await customer.client.hears(AGENT)


async def test_a_stranger_in_the_middle_hears_nothing(call: TonesCall) -> None:
    """The offer came over our own socket; who has another key than it says is not that page."""
    agent = await call.join(AGENT)
    stranger = ToneClient(CUSTOMER)
    call.clients.append(stranger)
    leg_id = uuid4()

    async def answer(offer: str) -> str:
        other = re.sub(r"(a=fingerprint:\S+ )(?:\S\S:){4}", r"\g<1>00:11:22:33:", offer)
        assert other != offer
        return await call.engine.add_browser_leg(call.id, leg_id, offer=other, side="shop")

    await stranger.connect(answer)
    lost = await call.events.wait(LegLost)
    assert lost.leg_id == leg_id
    assert leg_id not in {it.leg_id for it in call.events.of(LegConnected)}
    assert stranger.frames == 0
    await agent.client.hears(absent=TONES)


async def test_a_browser_that_never_comes_is_lost(call: TonesCall) -> None:
    leg_id = uuid4()
    assert await call.engine.add_browser_leg(call.id, leg_id, offer=OFFER, side="shop")
    lost = await call.events.wait(LegLost)
    assert lost.leg_id == leg_id
