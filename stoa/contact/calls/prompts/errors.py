"""What is refused of an uploaded recording."""

from stoa.contact.calls.prompts.transcoding import Problem
from stoa.platform.errors import DomainError


class SoundUnreadable(DomainError):
    """No sound in it, or none that is taken."""

    code = "sound_unreadable"
    status = 415


class SoundTooLong(DomainError):
    code = "sound_too_long"
    status = 413


class SoundSilent(DomainError):
    """There is nothing to be heard."""

    code = "sound_silent"
    status = 422


class SoundNotMade(DomainError):
    """The program that makes sound failed; nothing was changed."""

    code = "sound_not_made"
    status = 503


def refusal(problem: Problem, *, max_seconds: int) -> DomainError:
    """The error for what the transcoder found."""
    if problem == "sound_too_long":
        return SoundTooLong(max_seconds=max_seconds)
    return SoundSilent() if problem == "sound_silent" else SoundUnreadable()
