"""Settings come from the environment and a file, and what is mistyped is found."""

from pathlib import Path

import pytest

from scripts.generate_settings import document
from stoa.platform.config import Settings, UnknownSetting, check_file, unknown_variables


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STOA_DATA_DIR", str(tmp_path))
    return tmp_path


def test_the_environment_wins_over_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "stoa.toml").write_text('port = 9001\nlog_level = "error"\n')
    check_file(folder)
    assert (Settings().port, Settings().log_level) == (9001, "error")
    monkeypatch.setenv("STOA_PORT", "9002")
    assert (Settings().port, Settings().log_level) == (9002, "error")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("prot = 9001", "there is no setting prot. Is port meant?"),
        ("colour = 1", "there is no setting colour.$"),
        ("port = ", "cannot be read: Invalid value"),
        ('data_dir = "/srv"', "cannot say where that is"),
    ],
)
def test_a_wrong_file_is_told_in_words(folder: Path, text: str, reason: str) -> None:
    (folder / "stoa.toml").write_text(text)
    with pytest.raises(UnknownSetting, match=reason):
        check_file(folder)


def test_finds_variables_that_nothing_reads() -> None:
    environment = {"STOA_PROT": "1", "STOA_PORT": "1", "STOA_TEST_CHROMIUM": "1", "HOME": "/"}
    assert unknown_variables(environment) == [
        "STOA_PROT is set, and nothing reads it. Is STOA_PORT meant?"
    ]


def test_every_setting_is_explained() -> None:
    page = document()
    for name in Settings.model_fields:
        assert f"## `STOA_{name.upper()}`" in page
