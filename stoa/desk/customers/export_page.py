"""`index.html` of an export: everything about a person, for reading, in their language."""

from collections.abc import Iterable
from typing import Any

from markupsafe import Markup, escape

from stoa.desk.customers.person import Person
from stoa.platform.i18n.messages import Translate, translator

_STYLE = """body{font:16px/1.5 system-ui,sans-serif;color:#1c1b19;background:#fbfaf7;margin:0 auto;\
max-width:52rem;padding:1rem}h1{font-size:1.6rem}h2{margin-top:2.5rem;border-bottom:1px solid \
#e4dfd6}h3{margin:1.5rem 0 .5rem}dl{display:grid;grid-template-columns:minmax(8rem,max-content) \
1fr;gap:.1rem 1rem;margin:.5rem 0 1rem}dt{color:#5f5b54}dd{margin:0;overflow-wrap:anywhere;\
white-space:pre-wrap}article{background:#fff;border:1px solid #e4dfd6;border-radius:10px;\
padding:.5rem 1rem;margin:.5rem 0}@media(max-width:30rem){dl{grid-template-columns:1fr}}"""

SECTIONS = (
    "profile",
    "contact_points",
    "consents",
    "consent_requests",
    "conversations",
    "orders",
    "calls",
    "ratings",
    "visits",
)


def render_page(person: Person) -> str:
    """One page that needs nothing else: no script, no style sheet, no network."""
    t = translator(person.locale, "customers")
    parts = [Markup("<h1>{}</h1><p>{}</p>").format(t("export.title"), t("export.intro"))]
    for name in (*SECTIONS, "notes"):
        value = person.data[name]
        heading = Markup("<h2>{} {}</h2>").format(
            t(f"export.{name}"), f"({len(value)})" if isinstance(value, list) else ""
        )
        parts.append(heading)
        if not value:
            parts.append(Markup("<p>{}</p>").format(t("export.nothing")))
        elif isinstance(value, dict):
            parts.append(_fields(value, t))
        else:
            parts.extend(_article(item, t) for item in value)
    body = Markup("\n").join(parts)
    return (
        f'<!doctype html><html lang="{person.locale}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(t('export.title'))}</title><style>{_STYLE}</style></head>"
        f"<body>{body}</body></html>"
    )


def _article(item: dict[str, Any], t: Translate) -> Markup:
    return Markup("<article>{}</article>").format(_fields(item, t))


def _fields(item: dict[str, Any], t: Translate) -> Markup:
    """What there is, by name; what is empty is left out."""
    rows = [
        Markup("<dt>{}</dt><dd>{}</dd>").format(name.replace("_", " "), _value(value, t))
        for name, value in item.items()
        if value not in (None, "", [], {})
    ]
    return Markup("<dl>{}</dl>").format(Markup("").join(rows))


def _value(value: Any, t: Translate) -> Markup:
    if isinstance(value, dict):
        return _fields(value, t)
    if isinstance(value, list):
        return Markup("").join(_entries(value, t))
    text = str(value)
    if text.startswith(("files/", "originals/")):
        return Markup('<a href="{}">{}</a>').format(text, text.partition("/")[2])
    return escape(text)


def _entries(values: list[Any], t: Translate) -> Iterable[Markup]:
    for value in values:
        if isinstance(value, dict):
            yield _article(value, t)
        else:
            yield Markup("<div>{}</div>").format(_value(value, t))
