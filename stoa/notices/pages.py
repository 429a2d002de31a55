"""The pages of mails: written as MJML, which becomes what every mail program can draw."""

from functools import cache
from importlib.resources import files
from typing import Any, Final

import mrml
from jinja2 import Environment, StrictUndefined, Template

# What every page has in its head.
_FRAME: Final = "frame.mjml"
_FOLDER = files("stoa.notices") / "templates"
_PAGES = Environment(
    autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
)


def render_page(name: str, values: dict[str, Any]) -> str:
    """The page of `templates/{name}.mjml`, as HTML."""
    return _page(name).render(values)


@cache
def _page(name: str) -> Template:
    """MJML is compiled once per process: jinja's marks go through it as text, and blocks that
    surround elements stand in `mj-raw`."""
    shared = mrml.memory_loader({_FRAME: _read(_FRAME)})
    options = mrml.ParserOptions(include_loader=shared)
    # No fonts: they would be fetched from elsewhere whenever somebody opens a mail.
    drawing = mrml.RenderOptions(fonts={})
    compiled = mrml.to_html(_read(f"{name}.mjml"), parser_options=options, render_options=drawing)
    return _PAGES.from_string(compiled.content)


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")
