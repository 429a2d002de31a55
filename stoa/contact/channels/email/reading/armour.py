"""OpenPGP within the text itself (RFC 4880 sections 6 and 7), as older programs write it."""

import re

_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----"
_SIGNATURE = "-----BEGIN PGP SIGNATURE-----"
_SEALED = re.compile(r"^-----BEGIN PGP MESSAGE-----\s*$", re.MULTILINE)
_HEADER = re.compile(r"[A-Za-z-]{1,40}: ")


def is_sealed(text: str) -> bool:
    """Whether something in it can be read with a key only."""
    return _SEALED.search(text) is not None


def without_armour(text: str) -> str:
    """What was signed, without the signature and what surrounds it; the text as it is without
    one. The signature is not checked."""
    if _SIGNED not in text:
        return text
    above, _, rest = text.partition(_SIGNED)
    signed, _, below = rest.partition(_SIGNATURE)
    lines = signed.lstrip("\n").split("\n")
    while lines and _HEADER.match(lines[0]):
        lines.pop(0)
    # Section 7.1: a line that begins with a dash was given another one.
    inside = "\n".join(line.removeprefix("- ") for line in lines).strip("\n")
    after = below.partition("-----END PGP SIGNATURE-----")[2].strip("\n")
    return "\n\n".join(part for part in (above.rstrip(), inside, after) if part)
