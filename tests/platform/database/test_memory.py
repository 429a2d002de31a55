"""A node never remembers what an event has made stale."""

from stoa.platform.database.memory import KEPT_SECONDS, Memory


async def test_loads_once_and_again_after_the_event() -> None:
    memory = Memory()
    loads = 0

    async def load() -> int:
        nonlocal loads
        loads += 1
        return loads

    assert await memory.remember("key", load, until=["changed"]) == 1
    assert memory.recall("key") == 1
    memory.forget(["other"])
    assert memory.recall("key") == 1
    memory.forget(["changed"])
    assert memory.recall("key") is None


async def test_does_not_keep_what_changed_while_it_was_loaded() -> None:
    memory = Memory()

    async def load() -> str:
        memory.forget(["changed"])
        return "old"

    assert await memory.remember("key", load, until=["changed"]) == "old"
    assert memory.recall("key") is None


async def test_believes_nothing_for_ever() -> None:
    time = 0.0
    memory = Memory(clock=lambda: time)

    async def load() -> str:
        return "value"

    await memory.remember("key", load, until=["changed"])
    time = KEPT_SECONDS + 1
    assert memory.recall("key") is None
