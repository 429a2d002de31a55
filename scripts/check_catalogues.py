"""Finds texts that are missing, left over, or count wrongly in any language.

    python scripts/check_catalogues.py

English is the measure: every language has its keys with its placeholders. A counted text has
exactly the categories its language needs for whole numbers (CLDR), and `other`.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

CATALOGUES = Path(__file__).resolve().parent.parent / "stoa/platform/i18n/catalogues"
PLURALS = {
    "en": {"one", "other"},
    "pl": {"one", "few", "many", "other"},
    "de": {"one", "other"},
    "it": {"one", "many", "other"},
    "el": {"one", "other"},
}
PLACEHOLDER = re.compile(r"\{(\w+)\}")

Text = str | dict[str, str]


def problems() -> Iterator[str]:
    surfaces = sorted(path.name for path in (CATALOGUES / "en").glob("*.json"))
    if not surfaces:
        yield f"{CATALOGUES / 'en'} holds no catalogue"
    for tag, categories in PLURALS.items():
        present = {path.name for path in (CATALOGUES / tag).glob("*.json")}
        for name in sorted(present - set(surfaces)):
            yield f"{tag}/{name}: no such surface in English"
        for name in surfaces:
            if name not in present:
                yield f"{tag}/{name}: missing"
                continue
            english, texts = read(CATALOGUES / "en" / name), read(CATALOGUES / tag / name)
            for problem in compare(english, texts, categories):
                yield f"{tag}/{name}: {problem}"


def read(path: Path) -> dict[str, Text]:
    """Returns a catalogue, which must not name one key twice."""

    def unique(pairs: list[tuple[str, Text]]) -> dict[str, Text]:
        found = dict(pairs)
        if len(found) != len(pairs):
            keys = [key for key, _ in pairs]
            twice = sorted({key for key in keys if keys.count(key) > 1})
            sys.exit(f"{path}: twice there: {', '.join(twice)}")
        return found

    content: dict[str, Text] = json.loads(path.read_text("utf-8"), object_pairs_hook=unique)
    return content


def compare(
    english: dict[str, Text], texts: dict[str, Text], categories: set[str]
) -> Iterator[str]:
    yield from (f"{key} is missing" for key in english if key not in texts)
    yield from (f"{key} is not in English" for key in texts if key not in english)
    for key in english.keys() & texts.keys():
        original, text = english[key], texts[key]
        if isinstance(original, dict) != isinstance(text, dict):
            yield f"{key} is counted in one language and not in the other"
            continue
        if isinstance(text, dict) and set(text) != categories:
            yield f"{key} has {', '.join(sorted(text))}; needs {', '.join(sorted(categories))}"
        wanted = placeholders(original)
        if (used := placeholders(text)) != wanted:
            # A form for one may leave the number out; no form may invent a placeholder.
            yield f"{key} uses {sorted(used)}; English uses {sorted(wanted)}"
        parts = text.values() if isinstance(text, dict) else [text]
        if any(not part.strip() for part in parts):
            yield f"{key} is empty"


def placeholders(text: Text) -> set[str]:
    parts = text.values() if isinstance(text, dict) else [text]
    return {name for part in parts for name in PLACEHOLDER.findall(part)}


if __name__ == "__main__":
    found = list(problems())
    print("\n".join(found) or "Every text is there in every language.")
    sys.exit(bool(found))
