"""A resident's inbox: told once, in the reader's language, with a copy by e-mail where there is an address.

A message is a row; the e-mail follows when a sweep finds it, so a mail server that is away delays copies
and loses nothing. Rooms register the words of the kinds that they send.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from regions.mailing import mail_due, send_each
from regions.models import Message, Resident


@dataclass(frozen=True, slots=True)
class Words:
    """What a message says: a line, and the whole."""

    subject: str
    body: str


_words: dict[str, Callable[[Mapping[str, Any]], Words]] = {}


def register_words(kind: str, make: Callable[[Mapping[str, Any]], Words]) -> None:
    """Say how messages of this kind read; `make` gets the params they were sent with."""
    _words[kind] = make


def words_of(message: Message) -> Words:
    make = _words.get(message.kind)
    return make(message.params) if make else Words(_("Message"), "")


def tell(
    *,
    resident: Resident,
    kind: str,
    key: str,
    params: Mapping[str, Any] | None = None,
    link: str = "",
    now: datetime | None = None,
) -> bool:
    """Put a message in the resident's inbox, once per (resident, kind, key); return whether it is new.

    Part of the caller's transaction: what is undone was never told. `params` are plain JSON values;
    `link` is an address within the platform. KeyError for a kind that nobody gave words to.
    """
    _words[kind]
    at = now or timezone.now()
    row = Message(
        region_id=resident.region_id,
        resident=resident,
        kind=kind,
        key=key,
        params=dict(params or {}),
        link=link,
        created_at=at,
        mail_after=at if _address(resident) else None,
    )
    Message.objects.bulk_create([row], ignore_conflicts=True)
    return Message.objects.filter(pk=row.pk).exists()


def unread_count(resident_id: UUID) -> int:
    return Message.objects.filter(resident=resident_id, read_at__isnull=True).count()


def mark_read(resident: Resident, *, now: datetime | None = None) -> int:
    """Everything in the inbox has been shown."""
    return Message.objects.filter(resident=resident, read_at__isnull=True).update(read_at=now or timezone.now())


def mail_messages(*, now: datetime | None = None) -> int:
    """Send the copies that are due, a batch of them; return how many were sent."""
    return mail_due(Message.objects.select_related("resident__user", "region"), _mail, now=now)


def _mail(message: Message) -> None:
    if address := _address(message.resident):
        with translation.override(settings.LANGUAGE_CODE), timezone.override(message.region.tz):
            words = words_of(message)
            where = f"{settings.PUBLIC_URL.rstrip('/')}/{message.region.slug}/messages/"
            body = f"{words.body}\n\n{where}\n\n{message.region.name} {message.region.contact_name}\n"
            send_each(words.subject, body, [address])


def _address(resident: Resident) -> str:
    """Where copies go: the address on the list of residents, else the one the person signs in with."""
    return resident.email or (resident.user.email if resident.user and resident.user.email else "")
