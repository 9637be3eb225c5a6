"""How a text message leaves the platform: a small port, chosen by the setting SMS_BACKEND."""

from typing import Protocol

import structlog
from django.conf import settings
from django.utils.module_loading import import_string

log = structlog.stdlib.get_logger(__name__)


class Sms(Protocol):
    def send(self, *, phone: str, text: str) -> None:
        """Hand one message to the carrier; phone in E.164."""


class ConsoleSms:
    """Writes the message to standard output: for development and the demo only."""

    def send(self, *, phone: str, text: str) -> None:
        print(f"SMS {phone}: {text}", flush=True)  # noqa: T201 that is what this adapter does


def send_sms(*, phone: str, text: str) -> None:
    backend: Sms = import_string(settings.SMS_BACKEND)()
    backend.send(phone=phone, text=text)
