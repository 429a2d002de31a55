"""Relays are for pages of calls that are on, and a real relay takes what they are given."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from stoa.commerce.shops.models import Shop
from stoa.contact.calls.relays import give_relays
from stoa.contact.calls.schemas import IceServersView
from stoa.platform.clock import now
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from stoa.platform.errors import Forbidden
from stoa.platform.relay import probe
from stoa.platform.relay.addresses import parse_addresses
from stoa.platform.relay.credentials import Credentials
from stoa.platform.relay.probe import RelayFailed, Trouble
from tests.contact.calls.rows import a_call, end_call
from tests.factories.people import a_visitor, an_agent
from tests.servers.coturn import SECRET, Coturn, running_coturn


@pytest.fixture(scope="module")
def relay(short_folder: Path) -> Iterator[Coturn]:
    with running_coturn(short_folder / "calls-relay") as server:
        yield server


async def ask(
    database: Database,
    settings: Settings,
    *,
    visitor_id: UUID | None = None,
    staff_id: UUID | None = None,
    at: datetime | None = None,
) -> IceServersView:
    async with database.read() as session:
        return await give_relays(
            session, visitor_id=visitor_id, staff_id=staff_id, settings=settings, at=at or now()
        )


def settings_for(relay: Coturn) -> Settings:
    return Settings(turn_urls=relay.urls, turn_secret=SECRET, turn_ttl_seconds=60)


async def use(relay: Coturn, given: IceServersView) -> None:
    """Asks the relay for a line by each of the ways given, with what was given."""
    [server] = given.ice_servers
    assert server.username
    assert server.credential
    for url in server.urls:
        [address] = parse_addresses(url)
        credentials = Credentials(server.username, server.credential)
        await probe.allocate(address, credentials, tls=relay.trust)


async def test_both_sides_of_a_call_get_lines(
    database: Database, shop: Shop, relay: Coturn
) -> None:
    call = await a_call(database, shop_id=shop.id)
    settings = settings_for(relay)
    customers = await ask(database, settings, visitor_id=call.visitor_id)
    agents = await ask(database, settings, staff_id=call.staff_id)
    for given, leg in ((customers, call.customer_leg), (agents, call.agent_leg)):
        assert given.ice_servers[0].urls == relay.urls.split(",")
        assert str(given.ice_servers[0].username).endswith(f":{leg}"), "it names nobody"
        assert given.expires_at is not None
        assert timedelta() < given.expires_at - now() <= timedelta(seconds=60)
        await use(relay, given)


async def test_nobody_else_gets_any(database: Database, shop: Shop, relay: Coturn) -> None:
    await a_call(database, shop_id=shop.id)
    settings = settings_for(relay)
    stranger, _ = await a_visitor(database)
    colleague = await an_agent(database)
    for visitor_id, staff_id in ((stranger, None), (None, colleague.staff_id), (None, None)):
        with pytest.raises(Forbidden):
            await ask(database, settings, visitor_id=visitor_id, staff_id=staff_id)


async def test_after_the_call_there_are_none(database: Database, shop: Shop, relay: Coturn) -> None:
    call = await a_call(database, shop_id=shop.id)
    await end_call(database, call)
    for visitor_id, staff_id in ((call.visitor_id, None), (None, call.staff_id)):
        with pytest.raises(Forbidden):
            await ask(database, settings_for(relay), visitor_id=visitor_id, staff_id=staff_id)


async def test_what_a_past_call_was_given_opens_no_line(
    database: Database, shop: Shop, relay: Coturn
) -> None:
    call = await a_call(database, shop_id=shop.id)
    settings = settings_for(relay)
    earlier = now() - timedelta(seconds=settings.turn_ttl_seconds + 5)
    given = await ask(database, settings, visitor_id=call.visitor_id, at=earlier)
    await end_call(database, call)
    with pytest.raises(RelayFailed) as caught:
        await use(relay, given)
    assert caught.value.trouble is Trouble.UNAUTHORISED


async def test_without_relays_or_their_secret_there_are_none(
    database: Database, shop: Shop
) -> None:
    call = await a_call(database, shop_id=shop.id)
    for settings in (Settings(), Settings(turn_urls="turn:relay.example.org")):
        given = await ask(database, settings, visitor_id=call.visitor_id)
        assert given == IceServersView(ice_servers=[], expires_at=None)


async def test_nothing_of_it_is_logged(
    database: Database, shop: Shop, relay: Coturn, capsys: pytest.CaptureFixture[str]
) -> None:
    call = await a_call(database, shop_id=shop.id)
    with capture_logs() as logs:
        given = await ask(database, settings_for(relay), visitor_id=call.visitor_id)
    written = f"{logs}{capsys.readouterr()}"
    assert str(given.ice_servers[0].credential) not in written
    assert SECRET not in written
