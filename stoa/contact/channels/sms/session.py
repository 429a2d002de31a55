"""One bound SMPP connection: requests and their answers, both ways."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from typing import Final

from stoa.contact.channels.protocol import TryLater
from stoa.contact.channels.sms.pdu import (
    ALERT_NOTIFICATION,
    BIND_TRANSCEIVER,
    DATA_SM,
    DELIVER_SM,
    ENQUIRE_LINK,
    GENERIC_NACK,
    INVALID_COMMAND,
    OK,
    RESPONSE,
    UNBIND,
    BadPdu,
    Pdu,
    bind_body,
    read_pdu,
)
from stoa.contact.channels.sms.problems import bind_problem
from stoa.contact.channels.sms.settings import SmppSettings

# Deliveries of one sender are taken one after the other, those of different senders side by side.
_WORKERS: Final = 8
_WAITING: Final = 32  # per worker; beyond it nothing more is read from the centre

Handler = Callable[[Pdu], Awaitable[int]]


class SessionEnded(Exception):
    """The centre has ended the session, in good order."""


class Session:
    """Bound, and read for as long as `run` runs."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        answer_seconds: float,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._answer_seconds = answer_seconds
        self._sequence = 0
        self._waiting: dict[int, asyncio.Future[Pdu]] = {}
        self._is_closed = False

    # ---- ours ----

    async def request(self, command: int, body: bytes = b"") -> Pdu:
        """The centre's answer, whatever its status.

        Raises:
            TryLater: the line broke, or no answer came; whether it was taken is unknown.
        """
        if self._is_closed:
            raise TryLater("sms_line_cut")
        self._sequence = self._sequence % 0x7FFFFFFF + 1
        sequence = self._sequence
        answer: asyncio.Future[Pdu] = asyncio.get_running_loop().create_future()
        self._waiting[sequence] = answer
        try:
            self._writer.write(Pdu(command, sequence, body).packed())
            async with asyncio.timeout(self._answer_seconds):
                await self._writer.drain()
                return await answer
        except TimeoutError as error:
            del self._waiting[sequence]
            # Its answer could come any time and say anything: the line is no good any more.
            self.close()
            raise TryLater("sms_no_answer") from error
        except OSError as error:
            del self._waiting[sequence]
            self.close()
            raise TryLater("sms_line_cut") from error
        finally:
            self._waiting.pop(sequence, None)

    def close(self) -> None:
        """Broken off; who waits for an answer hears of it."""
        self._is_closed = True
        self._writer.transport.abort()
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(TryLater("sms_line_cut"))

    async def leave(self) -> bool:
        """Unbound. True: the centre has answered, so it knows all that was said before."""
        try:
            answer = await self.request(UNBIND)
        except TryLater:
            return False
        finally:
            self.close()
        return answer.status == OK

    async def keep_alive(
        self, every_seconds: float, *, proven: Callable[[float], Awaitable[None]]
    ) -> None:
        """Asks after the centre every so often, on a busy line too: whoever answers a question has
        read everything that was written before it (`proven`, with the time of the question).

        Raises:
            TryLater: it does not answer.
        """
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(every_seconds)
            asked_at = loop.time()
            await self.request(ENQUIRE_LINK)
            await proven(asked_at)

    # ---- theirs ----

    async def run(self, handle: Handler) -> None:
        """Reads and answers until the line ends.

        `handle` gives the status a delivery is answered with, once what it brought is kept.

        Raises:
            SessionEnded, BadPdu, asyncio.IncompleteReadError, OSError: it has ended.
        """
        queues: list[asyncio.Queue[Pdu]] = [asyncio.Queue(_WAITING) for _ in range(_WORKERS)]
        async with asyncio.TaskGroup() as group:
            for queue in queues:
                group.create_task(self._work(queue, handle))
            await self._read(queues)

    async def _work(self, queue: asyncio.Queue[Pdu], handle: Handler) -> None:
        while True:
            pdu = await queue.get()
            self._write(pdu.answer(await handle(pdu)))

    async def _read(self, queues: list[asyncio.Queue[Pdu]]) -> None:
        while True:
            pdu = await read_pdu(self._reader)
            if pdu.is_answer:
                waiting = self._waiting.get(pdu.sequence)
                if waiting is not None and not waiting.done():
                    waiting.set_result(pdu)
                elif pdu.command == GENERIC_NACK and pdu.sequence == 0:
                    raise BadPdu("the centre could not read what we sent")
            elif pdu.command in (DELIVER_SM, DATA_SM):
                await queues[hash(_sender(pdu.body)) % _WORKERS].put(pdu)
            elif pdu.command == ENQUIRE_LINK:
                self._write(pdu.answer())
            elif pdu.command == UNBIND:
                self._write(pdu.answer())
                raise SessionEnded
            elif pdu.command != ALERT_NOTIFICATION:
                self._write(Pdu(GENERIC_NACK, pdu.sequence, status=INVALID_COMMAND))

    def _write(self, pdu: Pdu) -> None:
        if not self._is_closed:
            self._writer.write(pdu.packed())


def _sender(body: bytes) -> bytes:
    """Service type and source address, which deliveries begin with."""
    return body[: body.find(b"\0", body.find(b"\0") + 3)]


def not_reached(access: SmppSettings, error: OSError) -> TryLater:
    where = f"{access.host}:{access.port}"
    return TryLater("sms_not_reached", code=type(error).__name__, where=where)


async def bind(access: SmppSettings) -> Session:
    """A connection bound as transceiver.

    Raises:
        TryLater: the centre does not want us, or does not answer.
        OSError, ssl.SSLError: it is not reached.
    """
    context = None
    if access.tls:
        context = ssl.create_default_context(cadata=access.ca or None)
    try:
        async with asyncio.timeout(access.answer_seconds):
            reader, writer = await asyncio.open_connection(access.host, access.port, ssl=context)
    except TimeoutError as error:
        raise not_reached(access, error) from error
    try:
        async with asyncio.timeout(access.answer_seconds):
            writer.write(Pdu(BIND_TRANSCEIVER, 1, _bind_body(access)).packed())
            answer = await read_pdu(reader)
        if answer.command != BIND_TRANSCEIVER | RESPONSE or answer.status != OK:
            raise bind_problem(answer.status, where=f"{access.host}:{access.port}")
    except (TimeoutError, asyncio.IncompleteReadError, BadPdu) as error:
        writer.transport.abort()
        raise TryLater("sms_not_bound", where=f"{access.host}:{access.port}") from error
    except BaseException:
        writer.transport.abort()
        raise
    return Session(reader, writer, answer_seconds=access.answer_seconds)


def _bind_body(access: SmppSettings) -> bytes:
    return bind_body(
        system_id=access.system_id,
        password=access.password.get_secret_value(),
        system_type=access.system_type,
        address_range=access.address_range,
    )
