"""The doctor asks real relays for a line and says in words what is wrong with them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from stoa.commands.findings import Finding, Verdict
from stoa.commands.relays import look_at_relays
from stoa.platform.clock import now
from stoa.platform.config import Settings
from tests.servers.coturn import SECRET, Coturn, running_coturn


@pytest.fixture(scope="module")
def relay(short_folder: Path) -> Iterator[Coturn]:
    with running_coturn(short_folder / "doctors-relay") as server:
        yield server


async def look(relay: Coturn, urls: str, *, secret: str | None = SECRET) -> list[Finding]:
    settings = Settings(turn_urls=urls, turn_secret=secret)
    return await look_at_relays(settings, tls=relay.trust)


async def test_says_of_each_way_that_it_works(relay: Coturn) -> None:
    findings = await look(relay, relay.urls)
    assert [finding.verdict for finding in findings] == [Verdict.GOOD] * 3
    for url, finding in zip(relay.urls.split(","), findings, strict=True):
        assert url in finding.text


async def test_warns_when_only_udp_leads_to_it(relay: Coturn) -> None:
    works, narrow = await look(relay, relay.udp)
    assert works.verdict is Verdict.GOOD
    assert narrow.verdict is Verdict.WARNING
    assert "TLS" in narrow.text


async def test_says_that_the_secret_is_another(relay: Coturn) -> None:
    [finding] = await look(relay, relay.tcp, secret="not this one")
    assert finding.verdict is Verdict.BAD
    assert "STOA_TURN_SECRET" in finding.text
    assert "not this one" not in finding.text


async def test_says_that_a_clock_is_off(relay: Coturn, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow() -> datetime:
        return now() - timedelta(hours=1)

    monkeypatch.setattr("stoa.commands.relays.now", slow)
    [finding] = await look(relay, relay.tcp)
    assert finding.verdict is Verdict.BAD
    assert "clock" in finding.text


async def test_says_that_there_is_none() -> None:
    [finding] = await look_at_relays(Settings())
    assert finding.verdict is Verdict.WARNING
    assert "docs/guides/turn.md" in finding.text


async def test_says_that_the_secret_is_missing(relay: Coturn) -> None:
    [finding] = await look(relay, relay.tcp, secret=None)
    assert finding.verdict is Verdict.BAD


async def test_says_that_the_certificate_is_not_good(relay: Coturn) -> None:
    [finding] = await look_at_relays(Settings(turn_urls=relay.tls, turn_secret=SECRET))
    assert finding.verdict is Verdict.BAD
    assert "certificate" in finding.text


async def test_says_that_it_is_open_to_anybody(tmp_path: Path) -> None:
    with running_coturn(tmp_path, is_open=True) as relay:
        [finding] = await look(relay, relay.tcp)
    assert finding.verdict is Verdict.BAD
    assert "anybody" in finding.text
