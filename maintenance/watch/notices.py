"""People told of an incident: e-mail and webhook to the offices of its regions, e-mail to the operators.

Each message has a thread and is tried again until it is out; none waits for another, and none for the database.
"""

import json
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from uuid import UUID

import structlog
from django.core.mail import EmailMessage

from maintenance.watch.casebook import Case
from maintenance.watch.letters import Letter, letter_to_office, letter_to_operators
from maintenance.watch.rows import Directory, Office
from maintenance.watch.webhook import post

log = structlog.stdlib.get_logger(__name__)

THREADS = 8
# Seconds before the next attempt; the last one for ever, until the incident is long over.
PAUSES = (2.0, 5.0, 10.0, 30.0)
ATTEMPTS = 40


@dataclass(frozen=True, slots=True)
class Told:
    """One message that is out. Without a region it went to the operators."""

    case_id: UUID
    region_id: UUID | None
    channel: str


class Notices:
    """Sends messages; `on_told` and `on_failure` are called from their threads."""

    def __init__(self, on_told: Callable[[Told], None], on_failure: Callable[[Told, str], None]) -> None:
        self._on_told, self._on_failure = on_told, on_failure
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="notices")
        self._stopping = threading.Event()
        self._begun: set[tuple[UUID, bool, UUID | None]] = set()

    def stop(self) -> None:
        self._stopping.set()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def tell(self, case: Case, directory: Directory) -> None:
        """Tell everybody who has to know of the case as it stands and has not been told yet."""
        for office in directory.offices:
            if office.region_id in case.regions and self._is_new(case, office.region_id):
                self._tell_office(case, office)
        if directory.operators and self._is_new(case, None):
            names = [office.name for office in directory.offices if office.region_id in case.regions]
            self._mail(Told(case.id, None, "email"), directory.operators, letter_to_operators(case, names))

    def skip_opening(self, case: Case) -> None:
        """Of this one's opening everybody has been told, by another process."""
        self._begun |= {(case.id, False, region_id) for region_id in (*case.regions, None)}

    def _is_new(self, case: Case, region_id: UUID | None) -> bool:
        key = (case.id, case.closed_at is not None, region_id)
        if key in self._begun:
            return False
        self._begun.add(key)
        return True

    def _tell_office(self, case: Case, office: Office) -> None:
        letter = letter_to_office(case, office)
        if office.emails:
            self._mail(Told(case.id, office.region_id, "email"), office.emails, letter)
        if office.webhook:
            body = json.dumps(letter.document, ensure_ascii=False).encode()
            self._send(Told(case.id, office.region_id, "webhook"), lambda: post(office.webhook, body))
        if not office.emails and not office.webhook:
            self._on_failure(Told(case.id, office.region_id, ""), "nobody to tell")

    def _mail(self, told: Told, to: Sequence[str], letter: Letter) -> None:
        # Nobody needs to see the others' addresses.
        message = EmailMessage(letter.subject, letter.text, bcc=list(to))
        self._send(told, message.send)

    def _send(self, told: Told, send: Callable[[], object]) -> None:
        self._threads.submit(self._until_sent, told, send)

    def _until_sent(self, told: Told, send: Callable[[], object]) -> None:
        for attempt in range(ATTEMPTS):
            try:
                send()
            except Exception as problem:
                log.warning("message not sent", channel=told.channel, problem=type(problem).__name__)
                if attempt == 0:
                    self._on_failure(told, type(problem).__name__)
                if self._stopping.wait(PAUSES[min(attempt, len(PAUSES) - 1)]):
                    return
            else:
                self._on_told(told)
                return
