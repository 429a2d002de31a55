"""The checks find what they are there for."""

from collections.abc import Sequence
from pathlib import Path

import grimp
import pytest

from scripts.check_catalogues import PLURALS, Text, compare
from scripts.check_lengths import EXCEPTIONS, MAX_LINES, too_long
from scripts.check_locks import in_package_lock, in_requirements
from scripts.feature_doors import FeatureDoorsContract

ENGLISH: dict[str, Text] = {
    "cart.title": "Cart",
    "cart.count": {"one": "{count} item", "other": "{count} items"},
}


@pytest.mark.parametrize(
    ("texts", "problem"),
    [
        ({"cart.count": ENGLISH["cart.count"]}, "cart.title is missing"),
        ({**ENGLISH, "cart.more": "More"}, "cart.more is not in English"),
        ({**ENGLISH, "cart.title": "{name}"}, "cart.title uses ['name']"),
        ({**ENGLISH, "cart.title": " "}, "cart.title is empty"),
        ({**ENGLISH, "cart.count": "{count}"}, "cart.count is counted in one language"),
        ({**ENGLISH, "cart.count": {"other": "{count} items"}}, "cart.count has other"),
    ],
)
def test_finds_a_wrong_text(texts: dict[str, Text], problem: str) -> None:
    [found] = compare(ENGLISH, texts, PLURALS["de"])
    assert found.startswith(problem)


def test_asks_polish_for_four_forms() -> None:
    [found] = compare(ENGLISH, ENGLISH, PLURALS["pl"])
    assert "needs few, many, one, other" in found


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("one==1.0\ntwo==2.0 \\\n    --hash=sha256:ab\n", "has no hash for one==1.0"),
        ("--index-url https://example.org\n", "names an address: --index-url"),
        ("one @ https://example.org/one.whl\n", "names an address: https://"),
    ],
)
def test_finds_a_lock_without_a_hash_or_with_an_address(text: str, problem: str) -> None:
    assert problem in list(in_requirements(text))


def test_takes_a_lock_with_hashes() -> None:
    assert list(in_requirements("# via https://docs\none==1.0 \\\n    --hash=sha256:ab\n")) == []


@pytest.mark.parametrize(
    ("package", "problems"),
    [
        ({"version": "1.0"}, ["has no hash for node_modules/one"]),
        (
            {"integrity": "sha512-x", "resolved": "https://example.org"},
            ["names an address for node_modules/one"],
        ),
        ({"link": "true", "resolved": "packages/one"}, []),
    ],
)
def test_finds_a_front_end_package_without_a_hash(
    package: dict[str, str], problems: Sequence[str]
) -> None:
    lock = {"packages": {"": {}, "node_modules/one": package}}
    assert list(in_package_lock(lock)) == problems


@pytest.mark.parametrize(
    ("importer", "imported", "is_kept"),
    [
        ("shop.area.one.service", "shop.area.two.rules", False),
        ("shop.area.one.service", "shop.area.two.service.cancel", True),
        ("shop.area.two.service", "shop.area.two.rules", True),
        ("shop.area.one.service", "shop.area.two.router", False),
        ("shop.wiring", "shop.area.two.router", True),
        ("shop.wiring", "shop.area.two.rules", False),
        ("shop.area.one.service", "shop.platform.ids", True),
        ("shop.area.one.service", "shop.area.actors", True),
    ],
)
def test_a_feature_is_entered_by_its_doors(importer: str, imported: str, is_kept: bool) -> None:
    graph = grimp.ImportGraph()
    for module in ("shop.area", "shop.area.one", "shop.area.two", "shop.area.two.models"):
        graph.add_module(module)
    graph.add_import(importer=importer, imported=imported)
    contract = FeatureDoorsContract(
        name="doors",
        session_options={"root_packages": ["shop"]},
        contract_options={
            "areas": ["shop.area"],
            "doors": ["service", "models"],
            "edge_doors": ["router"],
            "edges": ["shop.wiring"],
        },
    )
    assert contract.check(graph, verbose=False).kept is is_kept


def test_finds_a_file_that_has_grown_too_long_and_none_that_a_program_wrote(tmp_path: Path) -> None:
    for path in ("stoa/grown.py", "stoa/short.py", "web/generated/wire.ts", *EXCEPTIONS):
        lines = MAX_LINES if path == "stoa/short.py" else MAX_LINES + 1
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("pass\n" * lines)
    [found] = too_long(tmp_path)
    assert found.startswith("stoa/grown.py has 401 lines")


def test_finds_an_exception_that_is_none_any_more(tmp_path: Path) -> None:
    assert [found.split()[0] for found in too_long(tmp_path)] == list(EXCEPTIONS)
