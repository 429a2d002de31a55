"""Every mail of the corpus is read as the file beside it says.

`making` writes the corpus; `keeps` are texts that must be there, everything else has to be equal.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from stoa.contact.channels.email.reading import parse_mail
from stoa.contact.channels.protocol import Inbound, Nothing, Raw, Report, Unreadable
from tests.contact.channels.email.accounts import account

CORPUS = Path(__file__).parent / "corpus"
CASES = sorted(path.name for path in CORPUS.iterdir())


@pytest.mark.parametrize("case", CASES)
def test_reads_a_mail_of_the_corpus(case: str) -> None:
    folder = CORPUS / case
    expected: dict[str, Any] = json.loads((folder / "expected.json").read_text("utf-8"))
    found = _read((folder / "mail.eml").read_bytes())
    text = found.get("text", "")
    for piece in expected.pop("keeps", []):
        assert piece in text, f"left out: {piece!r}\nof: {text!r}"
    if (start := expected.pop("starts", None)) is not None:
        assert text.startswith(start)
    if (ending := expected.pop("name_ends", None)) is not None:
        assert found["name"].endswith(ending)
    assert {key: found.get(key) for key in expected} == expected


def test_reads_the_same_mail_the_same_way() -> None:
    content = (CORPUS / "no-message-id-en" / "mail.eml").read_bytes()
    assert _read(content) == _read(content)


def _read(content: bytes) -> dict[str, Any]:
    try:
        parsed = parse_mail(account(), Raw("1", content))
    except Unreadable as refused:
        return {"kind": "unreadable", "reason": refused.reason}
    if isinstance(parsed, Nothing):
        return {"kind": "nothing", "reason": parsed.reason}
    if isinstance(parsed, Report):
        return {"kind": "report", **parsed.model_dump(mode="json")}
    return {"kind": "message", **_message(parsed)}


def _message(inbound: Inbound) -> dict[str, Any]:
    assert inbound.card is not None
    card = inbound.card.model_dump(mode="json")
    return {
        **card,
        "name": inbound.name,
        "text": inbound.text,
        "text_length": len(inbound.text),
        "subject": inbound.subject,
        "sender": inbound.point.value,
        "sender_name": inbound.sender_name,
        "answers": list(inbound.answers),
        "files": [file.file_name for file in inbound.files],
        "contents": [file.content.decode("utf-8", "replace") for file in inbound.files],
        "content_ids": [file.content_id for file in inbound.files if file.content_id],
        "is_verified": inbound.is_verified,
        "is_automatic": inbound.is_automatic,
        "to_count": len(card["to"]),
    }
