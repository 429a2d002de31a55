"""An SMPP line that is held: bound, kept alive, bound again, and sent by meanwhile."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final, TypeVar

import structlog

from stoa.contact.channels.protocol import (
    Accepted,
    Line,
    NeverWorks,
    Outgoing,
    SendProblem,
    TryLater,
)
from stoa.contact.channels.sms.arrivals import Arrivals
from stoa.contact.channels.sms.encoding import Encoding, carried, octets_of, split
from stoa.contact.channels.sms.numbers import smpp_destination, smpp_source
from stoa.contact.channels.sms.pace import Pace
from stoa.contact.channels.sms.pdu import (
    OK,
    QUEUE_FULL,
    SUBMIT_SM,
    THROTTLED,
    TRY_LATER,
    BadPdu,
    Concat,
    Pdu,
    name_of,
    read_deliver,
    report_of,
    submit_body,
)
from stoa.contact.channels.sms.prices import price_of
from stoa.contact.channels.sms.problems import submit_problem
from stoa.contact.channels.sms.sent_log import SentLog
from stoa.contact.channels.sms.session import Session, SessionEnded, bind, not_reached
from stoa.contact.channels.sms.settings import SmppSettings, SmsSettings
from stoa.contact.channels.sms.wording import number_of, text_of

log = structlog.get_logger()

_FIRST_DELAY_SECONDS: Final = 0.5
_LONGEST_DELAY_SECONDS: Final = 60.0
_LINE_SECONDS: Final = 5.0  # how long a message waits for a line that is down
_SWEEP_SECONDS: Final = 15.0
_CODING: Final = {"gsm7": 0, "ucs2": 8}


@asynccontextmanager
async def holding_smpp(
    line: Line, settings: SmsSettings, access: SmppSettings
) -> AsyncIterator["SmppLine"]:
    """The line is held while the block runs."""
    held = SmppLine(line, settings, access)
    await held.open()
    task = asyncio.ensure_future(held.run())
    try:
        yield held
    finally:
        await held.leave()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        held.close()


class SmppLine:
    """Sends by whichever session is up."""

    def __init__(self, line: Line, settings: SmsSettings, access: SmppSettings) -> None:
        self._line = line
        self._settings = settings
        self._access = access
        self._sent = SentLog(line.data_dir / "sent")
        self._arrivals = Arrivals(
            line.data_dir / "arrivals", take=line.take, parts_seconds=self._access.parts_seconds
        )
        self._pace = Pace(self._access.per_second)
        self._window = asyncio.Semaphore(self._access.window)
        self._session: Session | None = None
        self._is_up = asyncio.Event()
        self._is_leaving = False

    async def open(self) -> None:
        """What an earlier process left is known; `run` hands it over."""
        await asyncio.to_thread(self._sent.open)
        await self._arrivals.open()

    def close(self) -> None:
        self._sent.close()

    async def leave(self) -> None:
        """The centre knows that we go."""
        self._is_leaving = True
        if self._session is not None:
            asked_at = asyncio.get_running_loop().time()
            if await self._session.leave():
                await self._arrivals.proven(asked_at)

    # ---- holding ----

    async def run(self) -> None:
        """Binds, and binds again whenever the line breaks, until cancelled or left."""
        async with asyncio.TaskGroup() as group:
            sweeping = group.create_task(self._sweep())
            delay = _FIRST_DELAY_SECONDS
            while True:
                is_bound, problem = await self._hold_once()
                if self._is_leaving:
                    # Not left to the cancellation alone: a task group of Python 3.11 swallows one
                    # that comes while a child of it fails.
                    sweeping.cancel()
                    return
                if is_bound:
                    delay = _FIRST_DELAY_SECONDS
                self._line.tell(problem)
                log.warning("sms.line_down", inbox_id=str(self._line.account.id), why=str(problem))
                # Not all lines of a centre that was restarted at the same moment; no secret.
                await asyncio.sleep(delay * random.uniform(0.8, 1.2))  # noqa: S311
                delay = min(2 * delay, _LONGEST_DELAY_SECONDS)

    async def _hold_once(self) -> tuple[bool, SendProblem]:
        """Until the line is down: whether it was up, and why it is down."""
        try:
            session = await bind(self._access)
        except SendProblem as problem:
            return False, problem
        except OSError as error:
            return False, not_reached(self._access, error)
        problems: list[SendProblem] = []
        try:
            self._session = session
            self._arrivals.begin_session()
            self._is_up.set()
            self._line.tell(None)
            async with asyncio.TaskGroup() as group:
                group.create_task(session.run(self._handle))
                group.create_task(
                    session.keep_alive(self._access.enquire_seconds, proven=self._arrivals.proven)
                )
        except* SessionEnded:
            problems.append(TryLater("sms_line_ended"))
        except* TryLater as late:
            problems.append(_first_of(late))
        except* BadPdu as garbled:
            problems.append(TryLater("sms_line_garbled", text=str(_first_of(garbled))))
        except* (OSError, asyncio.IncompleteReadError):
            problems.append(TryLater("sms_line_cut"))
        finally:
            self._is_up.clear()
            self._session = None
            session.close()
        return True, problems[0]

    async def _sweep(self) -> None:
        pause = min(_SWEEP_SECONDS, self._access.parts_seconds / 4)
        while True:
            try:
                await self._arrivals.sweep()
            except Exception:
                log.exception("sms.sweep_failed", inbox_id=str(self._line.account.id))
            await asyncio.sleep(pause)

    # ---- in ----

    async def _handle(self, pdu: Pdu) -> int:
        """What came is committed, and the status to answer with."""
        try:
            await self._receive(pdu)
        except Exception:
            # It could not be stored. The centre keeps it and comes again.
            log.exception("sms.not_taken", inbox_id=str(self._line.account.id))
            return TRY_LATER
        # The answer is written before anything else can be.
        self._arrivals.answered(pdu)
        return OK

    async def _receive(self, pdu: Pdu) -> None:
        try:
            deliver = read_deliver(pdu)
        except BadPdu:
            await self._arrivals.receive_oddity(pdu)
            return
        if not deliver.is_receipt:
            await self._arrivals.receive(pdu, deliver)
        elif report := report_of(deliver, has_decimal_ids=self._access.has_decimal_receipts):
            await self._line.take_report(report)
        else:
            await self._arrivals.receive_oddity(pdu)

    # ---- out ----

    async def send(self, outgoing: Outgoing) -> Accepted:
        """Every part is accepted by the centre; parts accepted earlier are not sent again.

        Raises:
            TryLater, NeverWorks: at least one part was not taken.
        """
        text = text_of(outgoing, self._settings)
        encoding = carried(text, own=self._access.alphabet)
        parts = split(text, encoding)
        if len(parts) > self._settings.most_segments:
            raise NeverWorks("sms_too_long", parts=len(parts), most=self._settings.most_segments)
        reference = self._sent.reference(outgoing.id)
        known = self._sent.accepted(outgoing.id)
        names: list[str] = []
        for number, part in enumerate(parts, start=1):
            concat = Concat(reference, len(parts), number) if len(parts) > 1 else None
            name = known.get(number)
            if name is None:
                name = await self._submit(self._body(outgoing, part, encoding, concat))
                self._sent.record(outgoing.id, reference=reference, number=number, name=name)
            names.append(name)
        price = price_of(
            self._settings, to=number_of(outgoing, self._settings), segments=len(parts)
        )
        return Accepted(
            names=names,
            segments=len(parts),
            cost_micros=price.micros if price else None,
            currency=price.currency if price else None,
        )

    def _body(
        self, outgoing: Outgoing, part: str, encoding: Encoding, concat: Concat | None
    ) -> bytes:
        return submit_body(
            source=smpp_source(self._settings.sender),
            destination=smpp_destination(number_of(outgoing, self._settings)),
            data_coding=_CODING[encoding],
            content=octets_of(part, encoding, own=self._access.alphabet),
            concat=concat,
        )

    async def _submit(self, body: bytes) -> str:
        """The centre's name for it."""
        loop = asyncio.get_running_loop()
        patient_until = loop.time() + self._access.patience_seconds
        while True:
            async with self._window:
                await self._pace.turn()
                session = await self._up()
                answer = await session.request(SUBMIT_SM, body)
            if answer.status == OK:
                self._pace.speed_up()
                return name_of(answer.body.split(b"\0")[0].decode("latin-1"))
            if answer.status not in (THROTTLED, QUEUE_FULL):
                raise submit_problem(answer.status)
            pause = self._pace.slow_down()
            if loop.time() + pause > patient_until:
                problem = TryLater("sms_throttled", code=f"0x{answer.status:08X}")
                problem.after = timedelta(seconds=pause)
                raise problem

    async def _up(self) -> Session:
        try:
            async with asyncio.timeout(_LINE_SECONDS):
                while self._session is None:
                    await self._is_up.wait()
        except TimeoutError as error:
            raise TryLater("sms_line_down") from error
        return self._session


_E = TypeVar("_E", bound=BaseException)


def _first_of(group: BaseExceptionGroup[_E]) -> _E:
    """The first that is no group itself."""
    first = group.exceptions[0]
    return _first_of(first) if isinstance(first, BaseExceptionGroup) else first
