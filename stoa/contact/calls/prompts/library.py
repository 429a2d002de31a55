"""Where the sound of a line lies: the shop's own recording, or one rendered once and kept."""

import asyncio
import hashlib
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import structlog

from stoa.contact.calls.media.engine import Sound
from stoa.contact.calls.prompts import programs
from stoa.contact.calls.prompts.lines import WORDLESS, Line, Prompt, position_line, sentence
from stoa.contact.calls.prompts.programs import ProgramFailed
from stoa.contact.calls.prompts.transcoding import Job
from stoa.platform.i18n.locale import LOCALES, Locale
from stoa.platform.node import Node

# Changes whenever the same words would sound otherwise, so that what is kept is rendered anew.
RENDERING = "1"
MAX_SECONDS = 60.0
# Who waits longer in the queue than this is told of their place a moment later.
POSITIONS_AHEAD = 5
BATCH = 12

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Piece:
    """A line in one language, and the file it is kept in."""

    line: Line
    locale: Locale
    path: Path


class PromptLibrary:
    """The sounds of one node, in its data folder. Rendering happens once, however many ask."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._folder = node.settings.data_dir / "prompts"
        # One for music, one for words: what is said to whoever talks waits for no music.
        self._rendering = {True: asyncio.Lock(), False: asyncio.Lock()}
        self._is_silence_said = False

    async def sounds(
        self, lines: Sequence[Line], *, shop_id: UUID, locale: Locale
    ) -> tuple[Sound, ...]:
        """What is heard of these lines, in order. Words that no program here can speak are left
        out: they are shown, and the music is there anyway.
        """
        own = await self._own_recordings(lines, shop_id=shop_id, locale=locale)
        wanted = {line: self.piece(line, locale) for line in lines if line not in own}
        await self.ensure(wanted.values())
        found = [own.get(line) or wanted[line].path for line in lines]
        return tuple(Sound(path) for path in found if path.exists())

    def piece(self, line: Line, locale: Locale) -> Piece:
        """The file's name says everything that its sound depends on."""
        if line.key in WORDLESS:
            recipe = f"{RENDERING} {line.key}"
            folder = self._folder
        else:
            voice = " ".join(programs.VOICES[locale])
            recipe = f"{RENDERING} {voice} {sentence(line, locale=locale)}"
            folder = self._folder / locale
        digest = hashlib.sha256(recipe.encode()).hexdigest()[:16]
        return Piece(line, locale, folder / f"{line.key}-{digest}.ogg")

    async def ensure(self, pieces: Iterable[Piece]) -> None:
        """Every piece that can be rendered here lies in its file."""
        pieces = list(pieces)
        if all(piece.path.exists() for piece in pieces):
            return
        # Music apart, which needs no speaker and shall not wait for one that fails.
        for is_wordless in (True, False):
            some = [piece for piece in pieces if (piece.line.key in WORDLESS) is is_wordless]
            for begin in range(0, len(some), BATCH):
                async with self._rendering[is_wordless]:
                    await self._ensure_some(some[begin : begin + BATCH], is_wordless=is_wordless)

    async def _ensure_some(self, pieces: Sequence[Piece], *, is_wordless: bool) -> None:
        missing = {piece.path: piece for piece in pieces if not piece.path.exists()}
        if not missing:
            return
        if not is_wordless and programs.find_speaker() is None:
            self._say_that_nobody_speaks()
            return
        await self._render(list(missing.values()))

    async def _render(self, pieces: Sequence[Piece]) -> None:
        """One transcoder for all of them. What fails is logged and missing; calls go on."""
        try:
            with tempfile.TemporaryDirectory(prefix="stoa-prompts-") as folder:
                jobs = [
                    await self._perform(piece, Path(folder) / f"{number}.wav")
                    for number, piece in enumerate(pieces)
                ]
                outcomes = await programs.transcode(jobs)
        except (ProgramFailed, OSError) as error:
            log.error("prompt.failed", prompts=len(pieces), exc_info=error)
            return
        for job, outcome in zip(jobs, outcomes, strict=True):
            if outcome.problem:
                log.error("prompt.failed", prompt=job.target.stem, problem=outcome.problem)

    async def _perform(self, piece: Piece, source: Path) -> Job:
        """The piece is a wav file at `source`; returns what is left to be done."""
        piece.path.parent.mkdir(parents=True, exist_ok=True)
        if piece.line.key in WORDLESS:
            await programs.play(piece.line.key.value, target=source)
        else:
            words = sentence(piece.line, locale=piece.locale)
            await programs.speak(words, locale=piece.locale, target=source)
        return Job(
            source=source,
            target=piece.path,
            kind="music" if piece.line.key is Prompt.MUSIC else "voice",
            max_seconds=MAX_SECONDS,
        )

    def _say_that_nobody_speaks(self) -> None:
        if not self._is_silence_said:
            self._is_silence_said = True
            log.warning("prompt.no_speaker", program="espeak-ng")

    async def _own_recordings(
        self, lines: Sequence[Line], *, shop_id: UUID, locale: Locale
    ) -> dict[Line, Path]:
        async with self._node.database.read() as session:
            rows = await session.fetch(
                "SELECT p.key AS prompt, b.key FROM call_prompt p JOIN blob b ON b.id = p.blob_id"
                " WHERE p.shop_id = $1 AND p.locale IN ($2, '') AND p.key = ANY($3::text[])",
                shop_id,
                locale,
                [line.key.value for line in lines],
            )
        own = {row["prompt"]: self._node.blobs.local_path(row["key"]) for row in rows}
        return {line: own[line.key] for line in lines if line.key in own}

    async def render_ahead(self, locales: Iterable[Locale] = LOCALES) -> None:
        """Everything without a number, and the first places of the queue, lie ready."""
        fixed = [Line(key) for key in Prompt if key not in (Prompt.POSITION, Prompt.WAIT)]
        places = [position_line(place) for place in range(2, POSITIONS_AHEAD + 1)]
        # The music first: it is what everybody hears.
        lines = sorted([*fixed, *places], key=lambda line: line.key is not Prompt.MUSIC)
        for locale in locales:
            await self.ensure([self.piece(line, locale) for line in lines])
