"""Names that people gave to files, as names that every system can write."""

import re

_NOT_SAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')
NAME_MAX = 120


def safe_name(name: str) -> str:
    """The name without what some file system takes for something else; never empty.

    >>> safe_name("../../Rechnung 1/2.pdf")
    '_.._Rechnung 1_2.pdf'
    """
    clean = _NOT_SAFE.sub("_", name).strip(" .")
    return clean[-NAME_MAX:] or "file"
