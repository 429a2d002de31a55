"""One running process of Stoa and what it holds: settings, database, blobs, live connections."""

from dataclasses import dataclass, field
from typing import Any, TypeVar

from starlette.requests import HTTPConnection

from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from stoa.platform.realtime.connections import Connections
from stoa.platform.realtime.hub import Hub
from stoa.platform.storage.blobs import BlobStore

Part = TypeVar("Part")


@dataclass(slots=True)
class Node:
    settings: Settings
    database: Database
    blobs: BlobStore
    hub: Hub = field(init=False)
    connections: Connections = field(init=False)
    # What features hold for as long as the node runs (`wiring.PARTS`), by its class.
    parts: dict[type[Any], Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.hub = Hub(self.database)
        self.connections = Connections()
        self.database.on_commit(self.hub.hear)

    def part(self, kind: type[Part]) -> Part:
        """What a feature put here for as long as the node runs."""
        part = self.parts[kind]
        assert isinstance(part, kind)
        return part


def node_of(connection: HTTPConnection) -> Node:
    """The node that serves this request."""
    node = connection.app.state.node
    assert isinstance(node, Node)
    return node
