"""The frame's policy: from its own host only, embedded by whom the shop names."""

import pytest

from stoa.embed.rules import frame_policy, is_origin


def directives(policy: str) -> dict[str, str]:
    return dict(part.strip().partition(" ")[::2] for part in policy.split(";"))


def test_anybody_may_embed_when_the_shop_names_nobody() -> None:
    assert directives(frame_policy(host="shop.example", origins=[]))["frame-ancestors"] == "*"


def test_only_the_named_origins_and_the_shop_itself_may_embed() -> None:
    policy = directives(frame_policy(host="shop.example", origins=["https://other.example"]))
    assert policy["frame-ancestors"] == "'self' https://other.example"


def test_sockets_are_named_for_older_browsers() -> None:
    policy = directives(frame_policy(host="shop.example:8000", origins=[]))
    assert policy["connect-src"] == "'self' ws://shop.example:8000 wss://shop.example:8000"


def test_a_forged_host_adds_nothing_to_the_policy() -> None:
    policy = frame_policy(host="x; script-src *", origins=[])
    assert directives(policy)["script-src"] == "'self' 'wasm-unsafe-eval'"
    assert policy.count("script-src") == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://shop.example", True),
        ("http://localhost:8080", True),
        ("https://*.shop.example", True),
        ("https://shop.example/", False),
        ("https://shop.example; script-src *", False),
        ("*", False),
        ("javascript:alert(1)", False),
    ],
)
def test_knows_an_origin(text: str, expected: bool) -> None:
    assert is_origin(text) is expected
