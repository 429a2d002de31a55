"""No room for attachments: files are refused in words, and the conversation goes on."""

import asyncio
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.faults.crowd import Member, new_folder, talking_crowd

pytestmark = [pytest.mark.fault, pytest.mark.timeout(240)]

DISK_BYTES = 2 * 1024 * 1024


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """`folder` is a disk of its own with room for `DISK_BYTES`."""
    folder.mkdir(parents=True)
    options = f"size={DISK_BYTES}"
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True
    )
    if done.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {done.stderr.decode().strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


async def upload(
    http: aiohttp.ClientSession, url: str, member: Member, data: bytes
) -> tuple[int, str]:
    """(status, problem code or "")."""
    headers = {"Authorization": f"Bearer {member.token}", "X-File-Name": "notes.txt"}
    async with http.post(f"{url}/api/attachments", data=data, headers=headers) as answer:
        body = await answer.json(content_type=None)
        return answer.status, body.get("code", "")


async def test_a_full_disk_refuses_files_and_loses_no_message() -> None:
    folder = new_folder()
    blobs = folder / "data" / "blobs"
    with small_disk(blobs):
        async with talking_crowd(folder) as crowd, aiohttp.ClientSession() as http:
            url = crowd.stoa.url
            small, large = b"a short note\n", b"line after line\n" * (DISK_BYTES // 16)
            status, _ = await upload(http, url, crowd.members[0], small)
            assert status == 201 or status == 200
            answers = await asyncio.gather(
                *(upload(http, url, member, large) for member in crowd.members[:20])
            )
            assert set(answers) == {(507, "storage_full")}
            assert os.listdir(blobs / "incoming") == [], "what was refused is not kept"
            status, _ = await upload(http, url, crowd.members[1], small * 2)
            assert status in (200, 201), "there is room for small ones"
            await asyncio.sleep(2)
            accounts = await crowd.settle()
            await accounts.must_balance(crowd.stoa.database_url)
            accounts.report("full disk", **{"files refused": len(answers)})
