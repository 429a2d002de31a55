"""One running process of Stoa and what it holds: settings, database, blobs, live connections."""

from dataclasses import dataclass, field

from starlette.requests import HTTPConnection

from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from stoa.platform.realtime.connections import Connections
from stoa.platform.realtime.hub import Hub
from stoa.platform.storage.blobs import BlobStore


@dataclass(slots=True)
class Node:
    settings: Settings
    database: Database
    blobs: BlobStore
    hub: Hub = field(init=False)
    connections: Connections = field(init=False)

    def __post_init__(self) -> None:
        self.hub = Hub(self.database)
        self.connections = Connections()
        self.database.on_commit(self.hub.hear)


def node_of(connection: HTTPConnection) -> Node:
    """The node that serves this request."""
    node = connection.app.state.node
    assert isinstance(node, Node)
    return node
