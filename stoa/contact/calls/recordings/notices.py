"""What is said about a recording, and to whom: pure."""

from typing import assert_never

from stoa.contact.calls.models import RecordingState
from stoa.contact.calls.prompts.lines import Line, Prompt

_BOTH = ("customer", "shop")


def notices(before: RecordingState, after: RecordingState) -> dict[str, Line]:
    """(side -> what is said) when a recording changes. Whoever asked sees the question as well, and
    an announcement is spoken by itself, for what follows waits for its end.
    """
    if before == after:
        return {}
    match after:
        case "asked":
            return {"customer": Line(Prompt.RECORDING_ASKED)}
        case "announced":
            return {"shop": Line(Prompt.RECORDING_ANNOUNCED)}
        case "on":
            is_known = before == "announced"
            return {} if is_known else dict.fromkeys(_BOTH, Line(Prompt.RECORDING_STARTED))
        case "off" | "refused":
            if before == "on":
                return dict.fromkeys(_BOTH, Line(Prompt.RECORDING_STOPPED))
            is_no = after == "refused" and before in ("asked", "announced")
            return dict.fromkeys(_BOTH, Line(Prompt.RECORDING_REFUSED)) if is_no else {}
        case _ as unknown:
            assert_never(unknown)
