"""Under which addresses browsers are told to look for us."""

from ipaddress import ip_address

import ifaddr
import pytest

from stoa.contact.calls.media.addresses import host_addresses, ports_of


def adapters(*addresses: str) -> list[ifaddr.Adapter]:
    def of(text: str) -> ifaddr.IP:
        is_six = ":" in text
        return ifaddr.IP((text, 0, 0) if is_six else text, 64 if is_six else 24, text)

    return [ifaddr.Adapter(text, text, [of(text)]) for text in addresses]


@pytest.mark.parametrize(
    ("there", "offered"),
    [
        (["127.0.0.1", "::1"], ["127.0.0.1"]),
        (["127.0.0.1", "fe80::1", "2001:db8::1", "192.0.2.5"], ["192.0.2.5", "2001:db8::1"]),
        (["127.0.0.1", "169.254.7.7"], ["127.0.0.1"]),
        (["10.0.0.2", "192.0.2.5"], ["10.0.0.2", "192.0.2.5"]),
    ],
)
def test_what_browsers_can_reach_is_offered(
    monkeypatch: pytest.MonkeyPatch, there: list[str], offered: list[str]
) -> None:
    monkeypatch.setattr(ifaddr, "get_adapters", lambda: adapters(*there))
    assert host_addresses() == offered


def test_the_setting_stands_alone() -> None:
    assert host_addresses(ip_address("127.0.0.1")) == ["127.0.0.1"]


def test_ports_include_both_ends() -> None:
    assert ports_of("40000-40999") == range(40_000, 41_000)
    assert ports_of("40000") == range(40_000, 40_001)
    assert not ports_of("0")
