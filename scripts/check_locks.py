"""Finds lock files that lack a hash, name a download address, or no longer fit their manifests.

python scripts/check_locks.py
"""

import json
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENT = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==[^\s;]+", re.MULTILINE)
ADDRESS = re.compile(r"\w+://|--(extra-)?index-url|--find-links|--trusted-host")


def problems() -> Iterator[str]:
    locked: dict[str, set[str]] = {}
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        text = path.read_text("utf-8")
        locked[path.stem] = {normal(name) for name in REQUIREMENT.findall(text)}
        yield from (f"{path.name}: {problem}" for problem in in_requirements(text))
    yield from manifest_problems(locked)
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text("utf-8"))
    yield from (f"package-lock.json: {problem}" for problem in in_package_lock(lock))
    manifest = json.loads((ROOT / "web" / "package.json").read_text("utf-8"))
    for kind in ("dependencies", "devDependencies"):
        if manifest.get(kind, {}) != lock["packages"][""].get(kind, {}):
            yield f"package-lock.json: its {kind} are not those of package.json"


def in_requirements(text: str) -> Iterator[str]:
    for match in ADDRESS.finditer(without_comments(text)):
        yield f"names an address: {match[0]}"
    blocks = re.split(r"\n(?=[A-Za-z0-9])", without_comments(text))
    for block in blocks:
        if REQUIREMENT.match(block) and "--hash=sha256:" not in block:
            yield f"has no hash for {block.split()[0]}"


def without_comments(text: str) -> str:
    """Returns the lines that pip reads; the comments tell how the file was made."""
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))


def manifest_problems(locked: dict[str, set[str]]) -> Iterator[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    groups = project["dependency-groups"]
    wanted = {
        "runtime": project["project"]["dependencies"],
        "dev": groups["dev"],
        "build": groups["build"],
    }
    for lock, requirements in wanted.items():
        for requirement in requirements:
            if isinstance(requirement, dict):
                continue  # another group, checked as itself
            name = normal(re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0])
            if name not in locked.get(lock, set()):
                yield f"{lock}.txt: {name} is in pyproject.toml and not locked; run make lock"


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def in_package_lock(lock: dict[str, dict[str, dict[str, str]]]) -> Iterator[str]:
    for place, package in lock["packages"].items():
        if "node_modules/" not in place or package.get("link"):
            continue
        if "integrity" not in package:
            yield f"has no hash for {place}"
        if "resolved" in package:
            yield f"names an address for {place}"


if __name__ == "__main__":
    found = list(problems())
    print("\n".join(found) or "Every locked package has its hash, and none an address.")
    sys.exit(bool(found))
