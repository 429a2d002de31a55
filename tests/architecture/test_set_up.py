"""Setting a checkout up tells what is missing and knows what has changed."""

import importlib.util
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from scripts import set_up


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(set_up, "ROOT", tmp_path)
    monkeypatch.setattr(set_up, "VENV", tmp_path / ".venv")
    return tmp_path


def finding_all_but(*hidden: str) -> Callable[[str], ModuleSpec | None]:
    find = importlib.util.find_spec
    return lambda name: None if name in hidden else find(name)


def test_names_what_the_tests_need_where_it_cannot_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shutil.which", lambda _program: None)
    monkeypatch.setattr(set_up, "has_postgres", lambda: False)
    programs = ", ".join(package for _, package in set_up.SYSTEM_PROGRAMS)
    wanted = (
        f"chromium, fontconfig, .*kannel, rspamd, fonts-dejavu-core, {set_up.SYSTEM_POSTGRES[1]}"
    )
    assert programs.startswith("chromium, fontconfig, espeak-ng, coturn, iproute2, postfix")
    with pytest.raises(set_up.SetUpError, match=wanted):
        set_up.ensure_system_packages()


def test_installs_it_on_debian_as_root(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ran: list[list[str]] = []
    settings = tmp_path / "createcluster.d" / "ours.conf"
    monkeypatch.setattr(set_up, "has_postgres", lambda: False)
    monkeypatch.setattr(set_up, "POSTGRES_SETTINGS", settings)
    present = {"apt-get", *(program for program, _ in set_up.SYSTEM_PROGRAMS)} - {"chromium"}
    monkeypatch.setattr("shutil.which", lambda name: name if name in present else None)
    monkeypatch.setattr(set_up, "has_font", lambda _family: True)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr(set_up, "run", lambda command, env: ran.append(command))
    set_up.ensure_system_packages()
    assert [command[0] for command in ran] == ["apt-get", "apt-get"]
    assert "update" in ran[0]
    assert "install" in ran[1]
    assert ran[-1][-2:] == ["chromium", "postgresql"]
    assert settings.read_text() == "create_main_cluster = false\n"


def test_names_the_package_of_a_python_that_cannot_install(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", finding_all_but("ensurepip", "pip"))
    with pytest.raises(set_up.SetUpError, match=r"apt-get install python3\.\d+-venv"):
        set_up.make_environment()
    assert not (checkout / ".venv").exists()


def test_a_changed_or_renamed_file_changes_the_digest(checkout: Path) -> None:
    one = checkout / "one.css"
    one.write_text("a {}")
    first = set_up.digest_of([one])
    assert set_up.digest_of([one]) == first
    one.write_text("b {}")
    second = set_up.digest_of([one])
    one.rename(checkout / "two.css")
    third = set_up.digest_of([checkout / "two.css"])
    assert len({first, second, third}) == 3


def test_an_interrupted_environment_is_made_anew(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    half = checkout / ".venv" / "lib" / "half-installed"
    half.mkdir(parents=True)
    for name in set_up.LOCKS["run"]:
        (checkout / name).parent.mkdir(exist_ok=True)
        (checkout / name).write_text("")
    ran: list[list[str]] = []
    monkeypatch.setattr(set_up, "run", ran.append)
    monkeypatch.setattr(set_up, "make_checkout_importable", lambda: None)
    (checkout / ".venv" / "bin").mkdir()
    monkeypatch.setattr(set_up, "make_environment", lambda: ran.append(["made anew"]))
    set_up.ensure_environment("run")
    assert ran[0] == ["made anew"]
    assert "--require-hashes" in ran[1]
    assert (checkout / ".venv" / ".ready-to-run").exists()
