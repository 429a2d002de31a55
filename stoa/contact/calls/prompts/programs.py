"""Starting the programs that make sound: the speaker, the player of music, the transcoder."""

import asyncio
import contextlib
import os
import shutil
import sys
from asyncio.subprocess import Process
from collections.abc import Sequence
from pathlib import Path

import stoa
from stoa.contact.calls.prompts.transcoding import Job, Outcome
from stoa.platform.i18n.locale import Locale

SPEAK_SECONDS = 20.0
PLAY_SECONDS = 60.0
TRANSCODE_SECONDS = 150.0

# A calm, clear voice of espeak-ng for each language.
VOICES: dict[Locale, tuple[str, ...]] = {
    "en": ("-v", "en-gb+f2", "-s", "150", "-p", "42", "-g", "2"),
    "de": ("-v", "de+f2", "-s", "148", "-p", "42", "-g", "2"),
    "pl": ("-v", "pl+f2", "-s", "160", "-p", "42", "-g", "2"),
    "it": ("-v", "it+f2", "-s", "146", "-p", "42", "-g", "2"),
    "el": ("-v", "el+f2", "-s", "148", "-p", "42", "-g", "2"),
}

_PACKAGE = "stoa.contact.calls.prompts"


class ProgramFailed(Exception):
    """A program that makes sound is missing, ended badly or took too long."""


def find_speaker() -> str | None:
    """Where espeak-ng is, if it is installed."""
    return shutil.which("espeak-ng")


async def speak(text: str, *, locale: Locale, target: Path) -> None:
    """The words are a wav file at `target`.

    Raises:
        ProgramFailed: espeak-ng is not installed, or cannot.
    """
    speaker = find_speaker()
    if speaker is None:
        raise ProgramFailed("espeak-ng is not installed")
    arguments = (speaker, *VOICES[locale], "-b", "1", "-w", str(target), "--stdin")
    await run(arguments, text.encode(), seconds=SPEAK_SECONDS)


async def play(piece: str, *, target: Path) -> None:
    """`piece` ("music" or "tone") is a wav file at `target`."""
    arguments = (sys.executable, "-m", f"{_PACKAGE}.music", piece, str(target))
    await run(arguments, b"", seconds=PLAY_SECONDS)


async def transcode(jobs: Sequence[Job]) -> list[Outcome]:
    """What became of each job, in order.

    Raises:
        ProgramFailed: the transcoder died or took too long; files it finished before are there.
    """
    lines = "".join(job.model_dump_json() + "\n" for job in jobs)
    arguments = (sys.executable, "-m", f"{_PACKAGE}.transcoder")
    answer = await run(arguments, lines.encode(), seconds=TRANSCODE_SECONDS)
    outcomes = [Outcome.model_validate_json(line) for line in answer.splitlines()]
    if len(outcomes) != len(jobs):
        raise ProgramFailed(f"{len(outcomes)} outcomes for {len(jobs)} jobs")
    return outcomes


async def run(arguments: Sequence[str], given: bytes, *, seconds: float) -> bytes:
    """What the program printed. It is gone when this returns, however it ends."""
    process = await asyncio.create_subprocess_exec(
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=_environment(),
    )
    try:
        printed, said = await asyncio.wait_for(communicate(process, given), seconds)
    except TimeoutError as error:
        raise ProgramFailed(f"{arguments[0]} took longer than {seconds:.0f} s") from error
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode:
        words = said.decode(errors="replace").strip()[-500:]
        raise ProgramFailed(f"{arguments[0]} ended with {process.returncode}: {words}")
    return printed


async def communicate(process: Process, given: bytes) -> tuple[bytes, bytes]:
    """What the program printed, and what it said of errors, once it has ended; also of one that
    ended before it was given anything, as happens on a busy machine.
    """
    assert process.stdin is not None, "it was asked for"
    assert process.stdout is not None, "it was asked for"
    assert process.stderr is not None, "it was asked for"
    async with asyncio.TaskGroup() as tasks:
        printed = tasks.create_task(process.stdout.read())
        said = tasks.create_task(process.stderr.read())
        # Of a pipe that is closed uvloop says so with a RuntimeError, which the process's own
        # `communicate` does not know; that one will do as soon as uvloop raises a ConnectionError.
        with contextlib.suppress(RuntimeError, ConnectionError):
            process.stdin.write(given)
            await process.stdin.drain()
        process.stdin.close()
    await process.wait()
    return printed.result(), said.result()


def _environment() -> dict[str, str]:
    """Nothing of ours but where the code lies: no secrets, and numpy in one thread."""
    known = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    code = str(Path(stoa.__file__).parent.parent)
    return {**known, "PYTHONPATH": code, "OPENBLAS_NUM_THREADS": "1"}
