"""A real OAuth 2 and OpenID provider (npm `oidc-provider`) on loopback, and who signs in there."""

import json
import re
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import aiohttp

from tests.servers.ports import HOST, free_ports

_HERE = Path(__file__).parent
_PACKAGE = _HERE.parents[1] / "web" / "node_modules" / "oidc-provider"
SCOPES = "openid email mail offline_access"


def secret_of(client: str) -> str:
    return f"the secret of {client}"


@dataclass(frozen=True, slots=True)
class OAuthServer:
    url: str

    def sign_in(self, *, client: str = "stoa") -> dict[str, Any]:
        """What a mailbox's settings say of it."""
        return {
            "kind": "oauth",
            "authorization_url": f"{self.url}/auth",
            "token_url": f"{self.url}/token",
            "scopes": SCOPES,
            "client_id": client,
            "client_secret": secret_of(client),
        }

    @property
    def introspection_url(self) -> str:
        """For a mail server that asks whose a token is."""
        return self.url.replace("http://", "http://dovecot:the%20secret%20of%20dovecot@") + (
            "/token/introspection"
        )

    def _control(self, what: str, **body: Any) -> dict[str, Any]:
        request = urllib.request.Request(
            f"{self.url}/control/{what}", json.dumps(body).encode(), method="POST"
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            found: dict[str, Any] = json.load(answer)
            return found

    def set(self, **switches: Any) -> None:
        self._control("set", **switches)

    def forget(self) -> None:
        """It is as it began, and has seen nothing; what was granted is good."""
        self._control("forget")

    def revoke(self) -> None:
        """Whatever was granted is over, as by who takes it back."""
        self._control("revoke")

    def refreshes(self) -> list[bool]:
        """Each time a refresh token was brought: whether it was taken."""
        seen = self._control("look")["seen"]
        return [each["is_good"] for each in seen if each["grant"] == "refresh_token"]


@contextmanager
def running_oauth(redirects: Sequence[str], *, port: int | None = None) -> Iterator[OAuthServer]:
    """The provider, which sends people back to these addresses only."""
    node = shutil.which("node")
    assert node, "node is installed"
    port = port or free_ports(1)[0]
    process = subprocess.Popen(
        [node, str(_HERE / "oauth.mjs"), str(_PACKAGE), str(port), *redirects],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        while line := process.stdout.readline():
            if line.strip() == b"listening":
                break
        assert process.poll() is None, "the provider has started"
        yield OAuthServer(f"http://{HOST}:{port}")
    finally:
        # It ends by that itself, also behind the wheel's `node`, which is another process.
        process.stdin.close()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


async def grant_as(person: str, url: str, *, until: str, agrees: bool = True) -> str:
    """What a person does who follows `url`: signs in, agrees, and is sent to an address that begins
    with `until`, which is given back."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as browser:
        form: dict[str, str] | None = None
        for _ in range(20):
            send = (
                browser.post(url, data=form, allow_redirects=False)
                if form
                else browser.get(url, allow_redirects=False)
            )
            async with send as response:
                if location := response.headers.get("Location"):
                    url, form = urljoin(url, location), None
                    if url.startswith(until):
                        return url
                    continue
                page = await response.text()
            assert response.status == 200, page[:2000]
            prompt = re.search(r'name="prompt" value="(\w+)"', page)
            action = re.search(r'<form[^>]* action="([^"]+)"', page)
            assert prompt, page[:2000]
            assert action, page[:2000]
            if not agrees and prompt[1] == "consent":
                refuse = re.search(r'href="([^"]+/abort)"', page)
                assert refuse, page[:2000]
                url, form = urljoin(url, refuse[1]), None
                continue
            url, form = urljoin(url, action[1]), {"prompt": prompt[1]}
            if prompt[1] == "login":
                form |= {"login": person, "password": "anything"}
    raise AssertionError(f"the provider never came to an end: {url}")
