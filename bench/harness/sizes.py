"""How large what a browser downloads is."""

import gzip

from stoa.platform.web.assets import BUILT, asset_file


def size_of_script(name: str) -> str:
    """As it travels, of the front end that was built last."""
    return f"{len(gzip.compress((BUILT / asset_file(name)).read_bytes(), 9)) / 1_000:.1f} kB gz"
