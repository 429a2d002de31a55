"""Pure decisions about conversations."""

import re
from collections.abc import Sequence

PREVIEW_MAX = 140
# C0 and C1 controls but for tab and line feed, and the marks that turn the reading direction of
# what follows (U+202A..U+202E, U+2066..U+2069): they can make one text look like another.
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def clean_text(text: str) -> str:
    """`text` as it may be stored and shown: one kind of line end, no control characters."""
    return UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def preview_of(body: str, *, attachment_names: Sequence[str] = (), card_title: str = "") -> str:
    """One line for the list: the text, else what is sent with it."""
    text = " ".join(body.split()) or card_title or ", ".join(attachment_names)
    return text if len(text) <= PREVIEW_MAX else text[: PREVIEW_MAX - 1].rstrip() + "…"
