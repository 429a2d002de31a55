"""One word for a line that has two ends."""

from collections.abc import Callable

from stoa.contact.channels.protocol import SendProblem

Tell = Callable[[SendProblem | None], None]


class Health:
    """Tells the first thing that is wrong with either end, and that all is well when it is."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._in: SendProblem | None = None
        self._out: SendProblem | None = None
        self._has_told = False
        self._told: tuple[str, str] | None = None

    def incoming(self, problem: SendProblem | None) -> None:
        self._in = problem
        self._say()

    def outgoing(self, problem: SendProblem | None) -> None:
        self._out = problem
        self._say()

    def _say(self) -> None:
        word = self._in or self._out
        said = (word.reason, word.text) if word else None
        if not self._has_told or said != self._told:
            self._has_told, self._told = True, said
            self._tell(word)
