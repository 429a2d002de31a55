"""What every channel keeps to, whichever it is."""

import ast
import copy
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

import stoa.contact.channels as channels_package
from stoa.contact.channels import forms
from stoa.contact.channels.installed import CHANNEL_TYPES, channel_types
from stoa.contact.channels.protocol import (
    ChannelSettings,
    ChannelType,
    Envelope,
    Inbound,
    Nothing,
    Parsed,
    Raw,
    Report,
    Unreadable,
)
from stoa.people.customers.models import PointKind
from stoa.platform.i18n.locale import LOCALES
from stoa.platform.i18n.messages import has_message
from tests.contracts.channel_worlds import ACCOUNTS, WORLDS

EACH = pytest.mark.parametrize("channel", CHANNEL_TYPES, ids=lambda channel: channel.code)
HERE = Path(channels_package.__file__).parent
CORPUS = Path(__file__).parents[1] / "contact/channels/email/corpus"


def lacks_words(key: str) -> list[str]:
    return [locale for locale in LOCALES if not has_message(locale, "channels", key)]


# ---- what it says of itself ---------------------------------------------------------------------


def test_every_channel_is_put_to_the_proof() -> None:
    codes = [channel.code for channel in CHANNEL_TYPES]
    assert len(set(codes)) == len(codes)
    assert set(ACCOUNTS) == set(codes) == set(channel_types())


@EACH
def test_a_channel_has_a_code_an_icon_and_a_name(channel: ChannelType) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]{1,19}", channel.code)
    assert re.fullmatch(r"[a-z][a-z0-9-]+", channel.icon)
    assert (HERE / channel.code / "__init__.py").exists(), "its folder has its code for a name"
    assert lacks_words(f"channel.{channel.code}.name") == []


@EACH
def test_capabilities_agree_with_one_another(channel: ChannelType) -> None:
    able = channel.capabilities
    assert isinstance(able.point, PointKind)
    assert able.has_files == (able.max_files_bytes > 0)
    assert able.max_characters is None or able.max_characters > 0
    assert able.reply_window is None or able.reply_window.total_seconds() > 0
    assert able.needs_consent or not able.has_quiet_hours


# ---- its settings -------------------------------------------------------------------------------


def resolved(schema: Mapping[str, Any], root: Mapping[str, Any]) -> dict[str, Any]:
    """As `web/apps/desk/src/channels/schema.ts` reads it."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        return {**resolved(root["$defs"][name], root), **beside}
    some = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    if len(some) == 1:
        beside = {key: value for key, value in schema.items() if key != "anyOf"}
        return {**resolved(some[0], root), **beside}
    return dict(schema)


def leaves(
    schema: Mapping[str, Any], root: Mapping[str, Any], path: str = ""
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The fields that a person fills in, by their path, those of every variant."""
    for name, given_schema in schema.get("properties", {}).items():
        field = resolved(given_schema, root)
        here = f"{path}.{name}" if path else name
        for variant in field.get("oneOf", ()):
            yield from leaves(resolved(variant, root), root, here)
        if "oneOf" in field or "const" in field:
            continue
        if "properties" in field:
            yield from leaves(field, root, here)
        elif field.get("type") == "array" and "properties" in resolved(field["items"], root):
            yield here, field
            yield from leaves(resolved(field["items"], root), root, here)
        else:
            yield here, field


DRAWN = {"string", "boolean", "integer", "number", "array"}


@EACH
def test_the_desk_can_draw_its_settings_and_names_them(channel: ChannelType) -> None:
    root = channel.settings.model_json_schema()
    fields = list(leaves(root, root))
    assert fields
    for path, field in fields:
        assert field.get("type") in DRAWN or "enum" in field, f"{path} cannot be drawn: {field}"
        assert lacks_words(f"channel.{channel.code}.field.{path}") == [], path
        if "group" in field:
            assert lacks_words(f"channel.{channel.code}.group.{field['group']}") == [], path
        for value in field.get("enum", ()):
            assert lacks_words(f"channel.{channel.code}.field.{path}.{value}") == [], path


SECRET_NAME = re.compile(r"(password|secret|token|private_key|dkim_key)$")


@EACH
def test_what_looks_like_a_secret_is_marked_as_one(channel: ChannelType) -> None:
    root = channel.settings.model_json_schema()
    for path, field in leaves(root, root):
        if SECRET_NAME.search(path):
            assert field.get("writeOnly"), f"{path} would be shown again"


def secrets_in(value: object) -> Iterator[str]:
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from secrets_in(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from secrets_in(one)


@EACH
def test_its_settings_are_kept_without_the_secrets_and_come_back_whole(
    channel: ChannelType,
) -> None:
    account = ACCOUNTS[channel.code]()
    assert isinstance(account.settings, channel.settings)
    assert isinstance(account.settings, ChannelSettings)
    plain, secrets = forms.split(account.settings)
    known = [secret for secret in secrets_in(account.settings.model_dump(mode="python")) if secret]
    assert known, "the example has a secret"
    assert sorted(secrets.values()) == sorted(known)
    assert not any(secret in json.dumps(plain).replace(":", " ").split('"') for secret in known)
    assert forms.join(channel.settings, plain=plain, secrets=secrets) == account.settings
    assert channel.address_of(account.settings)


@EACH
def test_unknown_settings_are_refused(channel: ChannelType) -> None:
    plain, _ = forms.split(ACCOUNTS[channel.code]().settings)
    with pytest.raises(ValueError, match="nonsense"):
        channel.settings.model_validate({**plain, "nonsense": 1})


# ---- parse is pure and total --------------------------------------------------------------------


def examples() -> list[bytes]:
    """Things that came in, for hypothesis to spoil."""
    mails = sorted(CORPUS.rglob("*.eml"))[:: max(1, len(list(CORPUS.rglob("*.eml"))) // 12)]
    found = [path.read_bytes()[:4_000] for path in mails]
    sms = {"from": "48600100200", "to": "48221234567", "text": "STOP", "parts": ["00"]}
    return [*found, json.dumps(sms).encode(), b"{}", b"[]", b"null", b"From: a\r\n\r\n", b""]


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    """Something real with a piece cut out, doubled or replaced by noise."""
    content = draw(st.sampled_from(examples()))
    begin = draw(st.integers(0, len(content)))
    end = draw(st.integers(begin, min(len(content), begin + 400)))
    noise = draw(st.binary(max_size=60))
    return content[:begin] + noise + content[end:]


CONTENTS = st.one_of(st.binary(max_size=2_000), st.text(max_size=500).map(str.encode), spoilt())
ENVELOPES = st.builds(
    Envelope,
    sender=st.text(max_size=60),
    recipients=st.lists(st.text(max_size=60), max_size=3),
    proofs=st.dictionaries(st.sampled_from(["dkim", "spf"]), st.text(max_size=60), max_size=2),
)


def outcome(channel: ChannelType, raw: Raw) -> tuple[str, Any]:
    parsed: Parsed | Unreadable
    account = ACCOUNTS[channel.code]()
    try:
        parsed = channel.parse(account, raw)
    except Unreadable as refused:
        parsed = refused
    if isinstance(parsed, Unreadable):
        assert lacks_words(f"channel.problem.{parsed.reason}") == []
        return parsed.reason, dict(parsed.details)
    assert isinstance(parsed, Inbound | Report | Nothing)
    if isinstance(parsed, Nothing):
        assert lacks_words(f"channel.ignored.{parsed.reason}") == []
    if isinstance(parsed, Inbound):
        assert parsed.name
        assert parsed.point.kind is channel.capabilities.point
        assert parsed.point.value
        assert "\0" not in parsed.text + parsed.subject + parsed.sender_name
        trimmed = channel.trim(account, parsed, sent=["Something we wrote", parsed.text])
        assert replace(trimmed, text=parsed.text, card=parsed.card) == parsed
    return type(parsed).__name__, parsed


@EACH
@settings(max_examples=150, deadline=None)
@given(content=CONTENTS, envelope=ENVELOPES, external_id=st.text(min_size=1, max_size=40))
def test_parse_makes_something_of_anything(
    channel: ChannelType, content: bytes, envelope: Envelope, external_id: str
) -> None:
    raw = Raw(external_id, content, envelope)
    kept = copy.deepcopy(raw)
    first = outcome(channel, raw)
    assert raw == kept, "what came in is not changed"
    second = outcome(channel, raw)
    assert without_ids(first) == without_ids(second), "the same bytes are the same thing"


def without_ids(value: object) -> str:
    """Names that are made up for what has none may differ."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", repr(value))


@EACH
@settings(max_examples=60, deadline=None)
@given(content=CONTENTS)
def test_showing_an_original_never_fails(channel: ChannelType, content: bytes) -> None:
    for with_pictures in (True, False):
        shown = channel.show(content, with_pictures=with_pictures)
        assert shown is None or "<script" not in shown.html.lower()


# ---- words --------------------------------------------------------------------------------------

# What is called -> where its first or second argument has its words.
SPOKEN = {
    "Unreadable": (0, "channel.problem"),
    "TryLater": (0, "channel.problem"),
    "NeverWorks": (0, "channel.problem"),
    "Nothing": (0, "channel.ignored"),
    "Finding": (1, "channel.check"),
}


def spoken_in(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        place = SPOKEN.get(node.func.id)
        if place is None or len(node.args) <= place[0]:
            continue
        for part in ast.walk(node.args[place[0]]):
            word = part.value if isinstance(part, ast.Constant) else None
            if isinstance(word, str) and re.fullmatch(r"[a-z][a-z0-9_]+", word):
                yield f"{place[1]}.{word}"


def test_every_reason_that_the_code_gives_has_words_in_every_language() -> None:
    keys = {key for path in HERE.rglob("*.py") for key in spoken_in(path)}
    assert len(keys) > 20, "the code is read"
    assert {key: lacking for key in sorted(keys) if (lacking := lacks_words(key))} == {}


# ---- sending ------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", sorted(WORLDS))
@pytest.mark.timeout(90)
async def test_sending_the_same_thing_again_is_the_same_thing(code: str, tmp_path: Path) -> None:
    async with WORLDS[code](tmp_path) as world:
        outgoing = world.outgoing("The contract says: once.")
        assert isinstance(outgoing.id, UUID)
        first = await world.sender.send(outgoing)
        again = await world.sender.send(outgoing)
        other = await world.sender.send(world.outgoing("The contract says: another."))
        assert first.names
        assert list(again.names) == list(first.names)
        assert not set(other.names) & set(first.names)
        got = await world.got()
        assert set(first.names) <= set(got)
