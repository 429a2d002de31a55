"""The sentences a call speaks, each whole: numbers are part of a sentence, never put together."""

from dataclasses import dataclass
from enum import StrEnum

from stoa.platform.i18n.locale import Locale
from stoa.platform.i18n.messages import translator

# What is said of a wait, in minutes; each is a sentence of its own, for "two minutes" is another
# word in every case and language. The last one stands for everything above.
WAITS = (1, 2, 3, 4, 5, 10, 15, 20, 30)


class Prompt(StrEnum):
    """Its words are `prompt.<value>` of the catalogue `prompts`; two have none."""

    WELCOME = "welcome"
    NEXT = "next"
    POSITION = "position"  # {number}
    WAIT = "wait"  # .1 ... .30
    NOBODY = "nobody"
    CALLBACK = "callback"
    HOLD = "hold"
    TRANSFER = "transfer"
    VOICEMAIL = "voicemail"
    VOICEMAIL_THANKS = "voicemail_thanks"
    RECORDING_ANNOUNCED = "recording_announced"
    RECORDING_ASKED = "recording_asked"
    RECORDING_STARTED = "recording_started"
    RECORDING_STOPPED = "recording_stopped"
    RECORDING_REFUSED = "recording_refused"
    TONE = "tone"  # speak after it
    MUSIC = "music"  # while waiting and on hold


WORDLESS = frozenset({Prompt.TONE, Prompt.MUSIC})
NUMBERED = frozenset({Prompt.POSITION, Prompt.WAIT})
# What a shop may say in its own voice: the sentences without numbers, and the music.
UPLOADABLE = tuple(key for key in Prompt if key not in NUMBERED and key is not Prompt.TONE)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to be heard. `number` is the position or the minutes, where there is one."""

    key: Prompt
    number: int | None = None

    def __post_init__(self) -> None:
        if (self.number is not None) != (self.key in NUMBERED):
            raise ValueError(f"{self.key}: a number where none belongs, or none where one does")


def position_line(position: int) -> Line:
    """Where somebody stands in the queue; 1 is next."""
    return Line(Prompt.NEXT) if position <= 1 else Line(Prompt.POSITION, position)


def wait_line(seconds: int) -> Line:
    """How long it will take, in the next longer time that there is a sentence for.

    `wait_line(200)` is "about four minutes", `wait_line(1000)` "about twenty minutes".
    """
    minutes = max(1, -(-seconds // 60))
    return Line(Prompt.WAIT, next((known for known in WAITS if known >= minutes), WAITS[-1]))


def sentence(line: Line, *, locale: Locale) -> str:
    """The words of a line as they are spoken, and as they are shown to whoever cannot hear.

    Raises:
        ValueError: the line is a tone or music and has no words.
    """
    if line.key in WORDLESS:
        raise ValueError(f"{line.key} has no words")
    say = translator(locale, "prompts")
    if line.key is Prompt.WAIT:
        return say(f"prompt.wait.{line.number}")
    # As text, for a thousand is spoken without the mark that separates its digits.
    return say(f"prompt.{line.key}", number=str(line.number))
