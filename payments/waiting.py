"""How a request waits for its payment: woken by PostgreSQL's own notification, sure by looking itself.

One thread in each web process listens; the requests' threads sleep until their payment is named. A
notification may be lost with its connection, so every sleep is short and ends with a look at the row.
"""

import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from uuid import UUID

import psycopg
import structlog
from django.conf import settings
from django.db import connection

from payments.models import Payment, Refund
from payments.outcomes import CHANNEL
from payments.states import Status
from regions.prepared import fetch

log = structlog.stdlib.get_logger(__name__)

LOOK_AGAIN = 0.25
TILLS_LOOK_AGAIN = 0.5
RECONNECT = 1.0
CLOSE_WITHIN = 0.2

Row = TypeVar("Row", Payment, Refund)
OUTCOME_OF_REFUND = ("status", "decided_at", "receipt")
OUTCOME = """
    SELECT status, decided_at, decline_reason, receipt, log_position, refunded FROM payments_payment WHERE id = %s
"""
# So many announcements back one may still be waited for: a worker can be quicker than who made the payment.
REMEMBERED = 4096


class OutcomeListener:
    """Wakes the threads of this process whose payments were decided."""

    def __init__(self) -> None:
        self._events: dict[UUID, threading.Event] = {}
        self._announced: OrderedDict[UUID, None] = OrderedDict()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closing = threading.Event()

    @contextmanager
    def listening(self, payment_id: UUID) -> Iterator[threading.Event]:
        """An event that is set when the payment is announced, or was just before."""
        self._start()
        with self._lock:
            event = self._events.setdefault(payment_id, threading.Event())
            if payment_id in self._announced:
                event.set()
        try:
            yield event
        finally:
            with self._lock:
                self._events.pop(payment_id, None)

    def close(self) -> None:
        """Give the connection back; the next one who waits opens another."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._closing.set()
            thread.join()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._closing.clear()
                self._thread = threading.Thread(target=self._run, name="outcome-listener", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                self._listen()
            except psycopg.Error as problem:
                log.warning("outcome listener lost its connection", problem=type(problem).__name__)
                self._closing.wait(RECONNECT)

    def _listen(self) -> None:
        parameters = connection.get_connection_params()
        with psycopg.connect(**_plain(parameters), autocommit=True) as listener:
            listener.execute(f"LISTEN {CHANNEL}")
            while not self._closing.is_set():
                for notification in listener.notifies(timeout=CLOSE_WITHIN):
                    self._wake(notification.payload.split(","))

    def _wake(self, payment_ids: list[str]) -> None:
        with self._lock:
            for payment_id in map(UUID, payment_ids):
                self._announced[payment_id] = None
                if event := self._events.get(payment_id):
                    event.set()
            while len(self._announced) > REMEMBERED:
                self._announced.popitem(last=False)


def _plain(parameters: dict[str, Any]) -> dict[str, Any]:
    """Django's connection parameters without what only its own cursors understand."""
    return {name: value for name, value in parameters.items() if name not in {"cursor_factory", "context"}}


_listener = OutcomeListener()
_places = threading.BoundedSemaphore(settings.WAITING_PAYMENTS_MAX)
# Tills wait long: they have places of their own, so that they never take those of payments.
_tills_places = threading.BoundedSemaphore(settings.WAITING_TILLS_MAX)


def wait_for_outcome(row: Row, *, until: float) -> Row:
    """The payment or refund once it is no longer 確認中, at the latest at `until` (time.monotonic seconds).

    When too many requests of this process wait already it returns at once: 確認中 is a definite answer,
    and a process without a free thread gives none at all.
    """
    if row.status != Status.PENDING or not _places.acquire(blocking=False):
        return row
    try:
        with _listener.listening(_announced_id(row)) as event:
            return _look_until(row, event, until)
    finally:
        _places.release()


def wait_for_news(of: UUID, is_there: Callable[[], bool], *, until: float) -> None:
    """Come back when `is_there`, which looks at the rows, or at `until` (time.monotonic seconds).

    `of` is announced when there may be something to see. At once when too many tills wait in this process.
    """
    if not _tills_places.acquire(blocking=False):
        return
    try:
        with _listener.listening(of) as event:
            while not is_there() and time.monotonic() < until:
                event.wait(max(0.0, min(until - time.monotonic(), TILLS_LOOK_AGAIN)))
                event.clear()
    finally:
        _tills_places.release()


def _announced_id(row: Payment | Refund) -> UUID:
    return row.payment_id if isinstance(row, Refund) else row.pk


def _look_until(row: Row, event: threading.Event, until: float) -> Row:
    while True:
        event.wait(max(0.0, min(until - time.monotonic(), LOOK_AGAIN)))
        event.clear()
        _look(row)
        if row.status != Status.PENDING or time.monotonic() >= until:
            return row


def _look(row: Payment | Refund) -> None:
    if isinstance(row, Refund):
        row.refresh_from_db(fields=OUTCOME_OF_REFUND)
        return
    ((row.status, row.decided_at, row.decline_reason, receipt, row.log_position, row.refunded),) = fetch(
        OUTCOME, [row.pk]
    )
    row.receipt = json.loads(receipt) if receipt else None
