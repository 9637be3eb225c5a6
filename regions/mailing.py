"""E-mails whose queue is a column of the row that they are about: `mail_after`, and `mail_attempts`.

A row is claimed by moving its next attempt on, so two sweeps never send the same e-mail at once; one that died
on the way is sent again later: twice at worst, never not at all.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Any

import structlog
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

log = structlog.stdlib.get_logger(__name__)

BATCH = 50
ATTEMPTS = 8
PAUSE = timedelta(minutes=2)


def mail_due(rows: QuerySet[Any], send: Callable[[Any], None], *, now: datetime | None = None) -> int:
    """Call `send(row)` for a batch of the rows whose e-mail is due; return how many were sent.

    What the mail server refuses is tried again after 2, 4, 8 … minutes, eight times in all.
    """
    at = now or timezone.now()
    return sum(_attempt(row, send) for row in _claim(rows, at))


@transaction.atomic
def _claim(rows: QuerySet[Any], at: datetime) -> list[Any]:
    due = rows.filter(mail_after__lte=at).order_by("mail_after")
    batch = list(due.select_for_update(of=("self",), skip_locked=True)[:BATCH])
    for row in batch:
        rows.filter(pk=row.pk).update(
            mail_after=at + PAUSE * 2**row.mail_attempts, mail_attempts=F("mail_attempts") + 1
        )
    return batch


def _attempt(row: Any, send: Callable[[Any], None]) -> bool:
    rows = type(row)._default_manager.filter(pk=row.pk)
    try:
        send(row)
    except (SMTPException, OSError) as problem:
        is_last = row.mail_attempts + 1 >= ATTEMPTS
        facts = {"table": row._meta.label, "row": str(row.pk), "problem": type(problem).__name__}
        log.warning("e-mail not sent", is_given_up=is_last, **facts)
        if is_last:
            rows.update(mail_after=None)
        return False
    rows.update(mail_after=None)
    return True


def send_each(subject: str, body: str, addresses: Sequence[str]) -> None:
    """One envelope for each address: nobody reads who else was written to."""
    for address in addresses:
        EmailMessage(subject, body, None, [address]).send()
