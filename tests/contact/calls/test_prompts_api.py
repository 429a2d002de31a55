"""Administrators hear the prompts and put their own voice in the machine's place."""

import io
import wave
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import av
import numpy as np
import pytest

from stoa.commerce.shops.models import Shop
from stoa.contact.calls.prompts.lines import UPLOADABLE
from stoa.platform.database.session import Database
from stoa.platform.ids import new_id
from stoa.platform.web.problems import text_for
from tests.contact.calls.sounds import RATE, Samples, level_at, read_file
from tests.factories.people import a_staff_token, an_agent

OWN_PAGE = {"X-Stoa-Request": "1"}


def a_wav(frequency: float, seconds: float, *, loudness: float = 0.5) -> bytes:
    """Stereo at 44.1 kHz, as a recorder on a telephone makes it."""
    time = np.arange(int(seconds * 44_100)) / 44_100
    tone = (loudness * 32767 * np.sin(2 * np.pi * frequency * time)).astype("<i2")
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(44_100)
        file.writeframes(np.repeat(tone, 2).tobytes())
    return target.getvalue()


async def signed_in(
    address: str, database: Database, *, role: str
) -> tuple[aiohttp.ClientSession, str]:
    person = await an_agent(database, name="Ada", role=role)
    assert person.staff_id is not None
    token = await a_staff_token(database, staff_id=person.staff_id)
    return aiohttp.ClientSession(address, headers=OWN_PAGE, cookies={"stoa_staff": token}), token


@pytest.fixture
async def desk(address: str, database: Database) -> AsyncIterator[aiohttp.ClientSession]:
    session, _ = await signed_in(address, database, role="administrator")
    async with session:
        yield session


def own_of(listed: dict[str, object], key: str, locale: str) -> object:
    prompts = listed["prompts"]
    assert isinstance(prompts, list)
    [prompt] = [prompt for prompt in prompts if prompt["key"] == key]
    [text] = [text for text in prompt["texts"] if text["locale"] == locale]
    return text["own"]


async def heard(desk: aiohttp.ClientSession, path: str, folder: Path) -> Samples:
    async with desk.get(path) as answer:
        assert (answer.status, answer.content_type) == (200, "audio/ogg")
        target = folder / "heard.ogg"
        target.write_bytes(await answer.read())
    samples: Samples = read_file(target).samples[0]
    return samples


async def test_lists_every_prompt_with_its_words(desk: aiohttp.ClientSession, shop: Shop) -> None:
    async with desk.get(f"/api/desk/shops/{shop.id}/prompts") as answer:
        listed = await answer.json()
    assert [prompt["key"] for prompt in listed["prompts"]] == list(UPLOADABLE)
    assert listed["is_spoken"] is True
    [hold] = [prompt for prompt in listed["prompts"] if prompt["key"] == "hold"]
    assert [text["locale"] for text in hold["texts"]] == ["en", "pl", "de", "it", "el"]
    assert all(text["words"] and text["own"] is None for text in hold["texts"])


async def test_an_own_recording_takes_the_machines_place_until_it_is_dropped(
    desk: aiohttp.ClientSession, database: Database, shop: Shop, tmp_path: Path
) -> None:
    path = f"/api/desk/shops/{shop.id}/prompts/hold"
    machine = await heard(desk, f"{path}/sound?locale=pl", tmp_path)
    async with desk.put(f"{path}?locale=pl", data=a_wav(523, 2)) as answer:
        assert answer.status == 200, await answer.text()
        own = own_of(await answer.json(), "hold", "pl")
    assert isinstance(own, dict)
    assert 2_000 <= own["duration_ms"] <= 2_400
    assert own["updated_by"] == "Ada"
    ours = await heard(desk, f"{path}/sound?locale=pl", tmp_path)
    assert level_at(ours[RATE // 2 : RATE], 523) > -22 > level_at(machine[:RATE], 523) + 10
    german = await heard(desk, f"{path}/sound?locale=de", tmp_path)
    assert level_at(german[:RATE], 523) < -35

    async with desk.put(f"{path}?locale=pl", data=a_wav(784, 2)) as answer:
        assert answer.status == 200
    async with desk.delete(f"{path}?locale=pl") as answer:
        assert own_of(await answer.json(), "hold", "pl") is None
    again = await heard(desk, f"{path}/sound?locale=pl", tmp_path)
    assert np.array_equal(again, machine)
    async with database.read() as session:
        assert await session.fetch_value("SELECT count(*) FROM blob") == 0
        actions = await session.fetch(
            "SELECT action FROM audit_entry WHERE subject = $1 ORDER BY created_at",
            f"shop:{shop.id}",
        )
    assert [row["action"] for row in actions] == [
        "prompt.recorded",
        "prompt.recorded",
        "prompt.dropped",
    ]


def as_format(container: str, codec: str, frequency: float) -> bytes:
    """Two seconds of a tone in a format that telephones and editors save."""
    target = io.BytesIO()
    with av.open(target, "w", format=container) as output:
        stream = output.add_stream(codec, rate=RATE)
        assert isinstance(stream, av.AudioStream)
        stream.layout = "mono"
        time = np.arange(2 * RATE) / RATE
        pcm = (16_000 * np.sin(2 * np.pi * frequency * time)).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(pcm.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = RATE
        fit = av.AudioResampler(
            format=stream.format.name, layout="mono", rate=RATE, frame_size=stream.frame_size
        )
        for piece in [*fit.resample(frame), *fit.resample(None)]:
            output.mux(stream.encode(piece))
        output.mux(stream.encode(None))
    return target.getvalue()


@pytest.mark.parametrize(
    ("container", "codec"),
    [("mp3", "libmp3lame"), ("ogg", "libopus"), ("flac", "flac"), ("ipod", "aac")],
)
async def test_takes_what_people_record_with(
    desk: aiohttp.ClientSession, shop: Shop, tmp_path: Path, container: str, codec: str
) -> None:
    path = f"/api/desk/shops/{shop.id}/prompts/hold"
    async with desk.put(f"{path}?locale=it", data=as_format(container, codec, 660)) as answer:
        assert answer.status == 200, await answer.text()
    samples = await heard(desk, f"{path}/sound?locale=it", tmp_path)
    assert level_at(samples[RATE // 2 : RATE], 660) > -22
    async with desk.delete(f"{path}?locale=it") as answer:
        assert answer.status == 200


async def test_music_of_ones_own_has_no_language(
    desk: aiohttp.ClientSession, shop: Shop, tmp_path: Path
) -> None:
    path = f"/api/desk/shops/{shop.id}/prompts/music"
    async with desk.put(path, data=a_wav(330, 70)) as answer:
        assert own_of(await answer.json(), "music", "") is not None
    samples = await heard(desk, f"{path}/sound", tmp_path)
    assert 70 <= samples.size / RATE < 71
    assert np.abs(samples[:480]).max() < 0.01 < np.abs(samples[RATE : 2 * RATE]).max()
    async with desk.delete(path) as answer:
        assert answer.status == 200


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 415, "sound_unreadable"),
        (b"this is no sound at all, whatever it is called", 415, "sound_unreadable"),
        (b"RIFF\xff\xff\xff\x7fWAVEfmt broken", 415, "sound_unreadable"),
        (b"ID3" + bytes(4000), 415, "sound_unreadable"),
        (b"#EXTM3U\nfile:///etc/hostname\n", 415, "sound_unreadable"),
        (a_wav(440, 61), 413, "sound_too_long"),
        (a_wav(440, 2, loudness=0), 422, "sound_silent"),
    ],
)
async def test_refuses_what_cannot_be_heard_in_words(
    desk: aiohttp.ClientSession, shop: Shop, content: bytes, status: int, code: str
) -> None:
    path = f"/api/desk/shops/{shop.id}/prompts/welcome?locale=el"
    async with desk.put(path, data=content, headers={"Accept-Language": "el"}) as answer:
        problem = await answer.json()
    assert (answer.status, problem["code"]) == (status, code)
    assert problem["title"] == text_for(code, {"max_seconds": 60}, locale="el")
    async with desk.get(f"/api/desk/shops/{shop.id}/prompts") as answer:
        assert own_of(await answer.json(), "welcome", "el") is None


async def test_refuses_whoever_is_no_administrator(
    address: str, database: Database, shop: Shop
) -> None:
    session, _ = await signed_in(address, database, role="supervisor")
    path = f"/api/desk/shops/{shop.id}/prompts"
    async with session, aiohttp.ClientSession(address, headers=OWN_PAGE) as stranger:
        for someone, status in ((session, 403), (stranger, 401)):
            async with someone.put(f"{path}/hold?locale=en", data=a_wav(440, 1)) as answer:
                assert answer.status == status
            async with someone.delete(f"{path}/hold?locale=en") as answer:
                assert answer.status == status
            async with someone.get(path) as answer:
                assert answer.status == status
    async with database.read() as reading:
        assert await reading.fetch_value("SELECT count(*) FROM call_prompt") == 0


@pytest.mark.parametrize(
    "path", ["position?locale=en", "tone?locale=en", "hold?locale=fr", "hold", "nothing?locale=en"]
)
async def test_there_is_no_place_for_other_recordings(
    desk: aiohttp.ClientSession, shop: Shop, path: str
) -> None:
    for shop_id, wanted in ((shop.id, path), (new_id(), "hold?locale=en")):
        async with desk.put(f"/api/desk/shops/{shop_id}/prompts/{wanted}", data=b"x") as answer:
            assert answer.status == 404
