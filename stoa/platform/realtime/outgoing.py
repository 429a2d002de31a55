"""A frame on its way out, encoded once however many connections get it."""

from typing import Any, Literal
from uuid import UUID

import orjson
from pydantic import BaseModel

from stoa.platform.outbox.event import LoggedEvent
from stoa.platform.realtime.protocol import ServerFrame

Kind = Literal["control", "event", "signal"]


class Outgoing:
    """One encoded frame. `topic` is set for events and signals, which a slow reader may miss."""

    __slots__ = ("_message", "_wire", "kind", "payload", "topic")

    def __init__(self, payload: bytes, kind: Kind = "control", topic: str = "") -> None:
        self.payload = payload
        self.kind = kind
        self.topic = topic
        self._message: dict[str, str] | None = None
        self._wire: bytes | None = None

    @property
    def message(self) -> dict[str, str]:
        """As an ASGI message."""
        if self._message is None:
            self._message = {"type": "websocket.send", "text": self.payload.decode()}
        return self._message

    @property
    def wire(self) -> bytes:
        """As one unmasked WebSocket text frame (RFC 6455 section 5.2)."""
        if self._wire is None:
            length = len(self.payload)
            if length < 126:
                head = bytes((0x81, length))
            elif length < 65_536:
                head = b"\x81\x7e" + length.to_bytes(2, "big")
            else:
                head = b"\x81\x7f" + length.to_bytes(8, "big")
            self._wire = head + self.payload
        return self._wire


def _plain(value: object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, UUID):  # asyncpg's own subclass
        return str(value)
    raise TypeError(f"not JSON: {type(value)}")


def encode(frame: ServerFrame) -> Outgoing:
    return Outgoing(frame.model_dump_json(exclude_none=True).encode())


def encode_event(event: LoggedEvent) -> Outgoing:
    """The `EventFrame` of a logged event."""
    frame = {
        "t": "event",
        "topic": event.topic,
        "seq": event.seq,
        "type": event.type,
        "data": event.data,
        "at": event.created_at,
    }
    return Outgoing(orjson.dumps(frame, default=_plain), "event", event.topic)


def encode_signal(topic: str, type_: str, data: BaseModel | dict[str, Any]) -> Outgoing:
    """The `SignalOut` frame."""
    frame = {"t": "signal", "topic": topic, "type": type_, "data": data}
    return Outgoing(orjson.dumps(frame, default=_plain), "signal", topic)


def encode_ack(command_id: str, data: BaseModel) -> Outgoing:
    """The `Ack` frame."""
    head = b'{"t":"ack","id":' + orjson.dumps(command_id) + b',"data":'
    return Outgoing(head + data.model_dump_json().encode() + b"}")
