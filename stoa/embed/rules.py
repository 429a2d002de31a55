"""Pure decisions: the frame's content security policy."""

import re
from collections.abc import Sequence

# An origin as CSP writes it (RFC 6454, CSP3 section 2.3.1), with an optional leading wildcard.
ORIGIN = re.compile(r"https?://(?:\*\.)?[a-z0-9.-]+(?::\d{1,5})?")
# A host name or an address with an optional port; anything else could add words to the policy.
HOST = re.compile(r"[A-Za-z0-9.-]+(?::\d{1,5})?|\[[0-9A-Fa-f:]+\](?::\d{1,5})?")


def is_origin(text: str) -> bool:
    """ "https://shop.example:8443" is one, "https://shop.example/path" is not."""
    return ORIGIN.fullmatch(text) is not None


def frame_policy(*, host: str, origins: Sequence[str]) -> str:
    """The policy of the frame: everything from its own host, embedded by `origins` (or anyone).

    `connect-src` names the sockets too: older browsers do not count them to 'self'.
    """
    sockets = f" ws://{host} wss://{host}" if HOST.fullmatch(host) else ""
    ancestors = " ".join(("'self'", *origins)) if origins else "*"
    return "; ".join(
        (
            "default-src 'none'",
            # The noise suppressor of calls is WebAssembly in an audio worklet.
            "script-src 'self' 'wasm-unsafe-eval'",
            "worker-src 'self'",
            "style-src 'self'",
            "font-src 'self'",
            "media-src 'self' blob:",
            "img-src 'self' blob: data:",
            f"connect-src 'self'{sockets}",
            "form-action 'none'",
            "base-uri 'none'",
            f"frame-ancestors {ancestors}",
        )
    )
