"""Markup whose tags say so much that no reader of HTML gets through it in time.

Readers compare each attribute of a tag with all before it: 100,000 take them ten seconds.
"""

import re
from html import unescape

ATTRIBUTES_MAX = 100
# A second `<body>` gives its attributes to the first one.
BODIES_MAX = 64

# As the HTML standard takes a tag apart (section 13.2.5). Never step back: that too takes its time.
_ATTRIBUTE = (
    r"[\s/]*+(?:=[^\s/>=]*+|[^\s/>=]++)"
    r"(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>\"'][^\s>]*+))?+"
)
_NAME = re.compile(r"<[a-zA-Z][^\s/>]*+")
_CROWD = re.compile(rf"(?:{_ATTRIBUTE}){{{ATTRIBUTES_MAX + 1}}}")
_BODY = re.compile(r"<(?:html|body)[\s/]", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*+>")
_LINE = re.compile(r"<(?:br|/?p|/?div|/?tr|/?li|/?h\d|/?blockquote)\b[^<>]*+>", re.IGNORECASE)


def is_crowded(markup: str) -> bool:
    """Looked for at everything that could be a tag, within a comment or a quote, too: in what each
    reader takes for one, they differ."""
    if len(_BODY.findall(markup)) > BODIES_MAX:
        return True
    return any(_CROWD.match(markup, name.end()) for name in _NAME.finditer(markup))


def without_tags(markup: str) -> str:
    """What is left to be read where no tree can be made of it."""
    return unescape(_TAG.sub(" ", _LINE.sub("\n", markup)))
