"""The doctor says whether calls will work: process, codec, ports, addresses."""

import socket

import pytest
from pydantic import ValidationError

from stoa.commands.findings import Finding, Verdict
from stoa.commands.media import look_at_media, look_at_media_address
from stoa.platform.config import Settings


def by_topic(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.about: finding for finding in findings}


async def test_calls_work_out_of_the_box() -> None:
    settings = Settings(media_address="127.0.0.1", media_ports="0")
    found = by_topic(await look_at_media(settings))
    assert found["calls"].verdict is Verdict.GOOD, found["calls"].text
    assert "127.0.0.1:" in found["calls"].text


async def test_a_taken_port_is_wrong() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        settings = Settings(media_address="127.0.0.1", media_ports=str(port), media_workers=2)
        found = by_topic(await look_at_media(settings))
    assert found["calls"].verdict is Verdict.BAD
    assert "No UDP port is free" in found["calls"].text
    assert found["call ports"].verdict is Verdict.WARNING


@pytest.mark.parametrize(
    ("public_url", "public_address", "own", "verdict"),
    [
        (None, None, ["127.0.0.1"], Verdict.WARNING),
        (None, None, ["192.168.1.5"], Verdict.GOOD),
        ("https://shop.lan", None, ["192.168.1.5"], Verdict.GOOD),
        ("https://shop.example.org", None, ["192.168.1.5"], Verdict.BAD),
        ("https://shop.example.org", None, ["192.168.1.5", "2a00::1"], Verdict.GOOD),
        ("https://shop.example.org", "8.8.8.8", ["192.168.1.5"], Verdict.GOOD),
    ],
)
def test_an_address_nobody_reaches_is_wrong(
    public_url: str | None, public_address: str | None, own: list[str], verdict: Verdict
) -> None:
    settings = Settings(public_url=public_url, media_public_address=public_address)
    [found] = look_at_media_address(settings, own)
    assert found.verdict is verdict, found.text


@pytest.mark.parametrize("ports", ["", "x", "1-x", "0-10", "70000", "500-400", "-5"])
def test_ports_that_are_none_are_refused(ports: str) -> None:
    with pytest.raises(ValidationError):
        Settings(media_ports=ports)


@pytest.mark.parametrize("address", ["", "shop.example.org", "300.1.1.1"])
def test_an_address_must_be_one(address: str) -> None:
    with pytest.raises(ValidationError):
        Settings(media_public_address=address)
