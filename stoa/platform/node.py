"""One running process of Stoa and what it holds: settings, database, blobs."""

from dataclasses import dataclass

from starlette.requests import HTTPConnection

from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from stoa.platform.storage.blobs import BlobStore


@dataclass(slots=True)
class Node:
    settings: Settings
    database: Database
    blobs: BlobStore


def node_of(connection: HTTPConnection) -> Node:
    """The node that serves this request."""
    node = connection.app.state.node
    assert isinstance(node, Node)
    return node
