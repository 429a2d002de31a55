"""Writes `docs/reference/settings.md` from the settings themselves.

python scripts/generate_settings.py [--check]
"""

import sys
from pathlib import Path
from typing import Literal, get_args, get_origin

from pydantic.fields import FieldInfo

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from stoa.platform.config import Settings  # noqa: E402 - found only now, see above

DOCUMENT = ROOT / "docs/reference/settings.md"
HEAD = """# Settings

Made from `stoa/platform/config.py` by `scripts/generate_settings.py`.

Every setting has a default that is right for one machine. It is given as an environment variable
or as a line in `stoa.toml` in the data folder, where the name is in small letters without `STOA_`;
the environment wins:

```
STOA_PUBLIC_URL=https://shop.example.org stoa up
```

```toml
public_url = "https://shop.example.org"
event_retention_days = 60
```

`stoa up` says in words when a value does not fit or the file names a setting there is not;
`stoa doctor` also finds variables that nothing reads.
"""


def document() -> str:
    """Returns the whole page."""
    return HEAD + "".join(_section(name, field) for name, field in Settings.model_fields.items())


def _section(name: str, field: FieldInfo) -> str:
    assert field.description, f"{name} says what it is for"
    text = " ".join(field.description.split())
    facts = [f"Default: {_default(name, field)}", *_limits(field)]
    return f"\n## `STOA_{name.upper()}`\n\n{text}\n\n{'. '.join(facts)}.\n"


def _default(name: str, field: FieldInfo) -> str:
    if name == "data_dir":
        return "`data`"
    if field.default is None:
        return "not set"
    shown = str(field.default).lower() if isinstance(field.default, bool) else str(field.default)
    size = f" ({field.default // 1024} kB)" if name.endswith("_bytes") else ""
    return f"`{shown}`{size}"


def _limits(field: FieldInfo) -> list[str]:
    if get_origin(field.annotation) is Literal:
        return ["One of " + ", ".join(f"`{choice}`" for choice in get_args(field.annotation))]
    words = {"ge": "at least", "gt": "more than", "le": "at most"}
    found = [
        f"{word} `{getattr(limit, short)}`"
        for limit in field.metadata
        for short, word in words.items()
        if getattr(limit, short, None) is not None
    ]
    return [", ".join(found).capitalize()] if found else []


def main(arguments: list[str]) -> int:
    """Writes the page, or only says whether it is as it should be."""
    wanted = document()
    if "--check" in arguments:
        if not DOCUMENT.exists() or DOCUMENT.read_text(encoding="utf-8") != wanted:
            print(f"{DOCUMENT.relative_to(ROOT)} is stale. Run: scripts/generate_settings.py")
            return 1
        return 0
    DOCUMENT.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
