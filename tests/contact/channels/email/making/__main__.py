"""Writes the corpus anew.

    python -m tests.contact.channels.email.making

Each case is a folder of `corpus/`: the mail, and what has to come of it.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.contact.channels.email.making import replies, reports, strangers, structures

CORPUS = Path(__file__).parent.parent / "corpus"


def all_cases() -> Iterator[tuple[str, bytes, dict[str, Any]]]:
    yield from replies.cases()
    yield from structures.cases()
    yield from reports.cases()
    yield from strangers.cases()


def main() -> None:
    shutil.rmtree(CORPUS, ignore_errors=True)
    for name, content, expected in all_cases():
        folder = CORPUS / name
        folder.mkdir(parents=True)
        (folder / "mail.eml").write_bytes(content)
        text = json.dumps(expected, ensure_ascii=False, indent=2, sort_keys=True)
        (folder / "expected.json").write_text(f"{text}\n", "utf-8")


if __name__ == "__main__":
    main()
