"""Prompts: whole sentences, really spoken, in the one format that is sent as it is."""

import asyncio
from pathlib import Path

import numpy as np
import pytest

from stoa.commerce.shops.models import Shop
from stoa.contact.calls.media.engine import Sound
from stoa.contact.calls.prompts import programs
from stoa.contact.calls.prompts.library import PromptLibrary
from stoa.contact.calls.prompts.lines import (
    NUMBERED,
    WAITS,
    WORDLESS,
    Line,
    Prompt,
    position_line,
    sentence,
    wait_line,
)
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from stoa.platform.i18n.locale import LOCALES, Locale
from stoa.platform.node import Node
from stoa.platform.storage.blobs import LocalBlobStore
from tests.contact.calls.sounds import RATE, loudness, read_file

MUSIC = Line(Prompt.MUSIC)


@pytest.fixture(scope="module")
def node(database: Database, database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Node:
    folder = tmp_path_factory.mktemp("data")
    settings = Settings(data_dir=folder, database_url=database_url, demo=False)
    return Node(settings, database, LocalBlobStore(folder / "blobs"))


@pytest.fixture(scope="module")
async def library(node: Node) -> PromptLibrary:
    """Its sentences in every language are rendered once for this module."""
    library = PromptLibrary(node)
    await library.ensure(
        library.piece(line, locale)
        for locale in LOCALES
        for line in (MUSIC, Line(Prompt.TONE), *_lines_to_hear())
    )
    return library


def _lines_to_hear() -> list[Line]:
    return [Line(Prompt.WELCOME), Line(Prompt.VOICEMAIL), position_line(3), wait_line(240)]


def test_a_wait_is_told_in_the_next_longer_sentence() -> None:
    minutes = {seconds: wait_line(seconds).number for seconds in (0, 60, 61, 200, 301, 1000, 9000)}
    assert minutes == {0: 1, 60: 1, 61: 2, 200: 4, 301: 10, 1000: 20, 9000: 30}


@pytest.mark.parametrize("locale", LOCALES)
def test_every_line_has_words_in_every_language(locale: Locale) -> None:
    lines = [Line(key) for key in Prompt if key not in NUMBERED | WORDLESS]
    lines += [Line(Prompt.WAIT, minutes) for minutes in WAITS]
    words = [sentence(line, locale=locale) for line in lines]
    assert len(set(words)) == len(lines)
    assert "1234" in sentence(position_line(1234), locale=locale)


@pytest.mark.parametrize(("key", "number"), [(Prompt.WELCOME, 1), (Prompt.POSITION, None)])
def test_refuses_a_number_where_none_belongs(key: Prompt, number: int | None) -> None:
    with pytest.raises(ValueError, match="a number"):
        Line(key, number)


@pytest.mark.parametrize("locale", LOCALES)
async def test_speaks_in_packets_that_can_be_sent_as_they_are(
    library: PromptLibrary, shop: Shop, locale: Locale
) -> None:
    sounds = await library.sounds(_lines_to_hear(), shop_id=shop.id, locale=locale)
    assert len(sounds) == len(_lines_to_hear())
    for sound in sounds:
        file = read_file(sound.path)
        assert (file.codec, file.rate, file.channels) == ("opus", RATE, 1)
        assert file.packet_samples == {960}
        assert -26 < loudness(file.samples) < -14
        assert np.abs(file.samples).max() < 0.99
        assert 0.8 < file.samples.size / RATE < 20


async def test_each_language_sounds_different(library: PromptLibrary, shop: Shop) -> None:
    spoken = [
        (await library.sounds([position_line(3)], shop_id=shop.id, locale=locale))[0]
        for locale in LOCALES
    ]
    shapes = [np.abs(read_file(sound.path).samples[0]) for sound in spoken]
    length = min(shape.size for shape in shapes)
    envelopes = [
        np.array([part.mean() for part in np.array_split(shape[:length], 40)]) for shape in shapes
    ]
    alike = [
        float(np.corrcoef(one, other)[0, 1])
        for number, one in enumerate(envelopes)
        for other in envelopes[number + 1 :]
    ]
    assert max(alike) < 0.95


async def test_another_number_is_another_sentence(library: PromptLibrary, shop: Shop) -> None:
    [three] = await library.sounds([position_line(3)], shop_id=shop.id, locale="en")
    [four] = await library.sounds([position_line(4)], shop_id=shop.id, locale="en")
    assert three.path.read_bytes() != four.path.read_bytes()


async def test_words_wait_for_no_music(library: PromptLibrary, shop: Shop) -> None:
    async with library._rendering[True], asyncio.timeout(30):
        found = await library.sounds([position_line(73)], shop_id=shop.id, locale="en")
    assert len(found) == 1


async def test_the_music_loops_without_a_click(library: PromptLibrary, shop: Shop) -> None:
    [sound] = await library.sounds([MUSIC], shop_id=shop.id, locale="en")
    once, twice = read_file(sound.path), read_file(sound.path, times=2)
    assert 30 <= once.samples.size / RATE <= 60
    assert -34 < loudness(once.samples) < -20
    # No second of it is nearly silent, and no step at the seam is larger than the music's own.
    seconds = np.array_split(once.samples[0], once.samples.size // RATE)
    assert min(loudness(second) for second in seconds) > -45
    seam = once.samples.size
    steps = np.abs(np.diff(twice.samples[0]))
    inside = steps[RATE : seam - RATE].max()
    assert steps[seam - 2 * 960 : seam + 2 * 960].max() <= inside


async def test_the_tone_is_one_clear_tone(library: PromptLibrary, shop: Shop) -> None:
    [sound] = await library.sounds([Line(Prompt.TONE)], shop_id=shop.id, locale="el")
    samples = read_file(sound.path).samples[0][: int(0.4 * RATE)]
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(samples.size)))
    assert abs(np.argmax(spectrum) * RATE / samples.size - 880) < 5


async def test_what_is_rendered_is_kept_and_rendered_once(
    node: Node, shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = Node(node.settings.model_copy(update={"data_dir": tmp_path}), node.database, node.blobs)
    spoken: list[str] = []
    speak = programs.speak

    async def counting(text: str, *, locale: Locale, target: Path) -> None:
        spoken.append(text)
        await speak(text, locale=locale, target=target)

    monkeypatch.setattr(programs, "speak", counting)

    async def ask(library: PromptLibrary) -> tuple[Sound, ...]:
        return await library.sounds([Line(Prompt.NEXT)], shop_id=shop.id, locale="pl")

    library = PromptLibrary(node)
    found = await asyncio.gather(ask(library), ask(library), ask(library))
    again = await ask(PromptLibrary(node))
    assert spoken == [sentence(Line(Prompt.NEXT), locale="pl")]
    assert set(found) == {again}


async def test_without_a_speaker_there_is_music_and_no_words(
    node: Node, shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = Node(node.settings.model_copy(update={"data_dir": tmp_path}), node.database, node.blobs)
    monkeypatch.setattr(programs, "find_speaker", lambda: None)
    sounds = await PromptLibrary(node).sounds(
        [Line(Prompt.WELCOME), Line(Prompt.TONE)], shop_id=shop.id, locale="en"
    )
    assert [sound.path.name.partition("-")[0] for sound in sounds] == ["tone"]


async def test_a_speaker_that_fails_leaves_the_rest(
    node: Node, shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = Node(node.settings.model_copy(update={"data_dir": tmp_path}), node.database, node.blobs)
    monkeypatch.setattr(programs, "find_speaker", lambda: "/bin/false")
    library = PromptLibrary(node)
    assert await library.sounds([Line(Prompt.HOLD)], shop_id=shop.id, locale="en") == ()
    monkeypatch.undo()
    assert len(await library.sounds([Line(Prompt.HOLD)], shop_id=shop.id, locale="en")) == 1
