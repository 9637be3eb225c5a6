"""Settings that are harmless alone and dangerous together, as system checks that say what to do."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004 Django's own names

from config.env import launches_stack

SECRET_KEY_MIN = 40
NOTARY_KEY_MIN = 32
# Words of keys that were published: in examples, tests and tutorials.
PUBLISHED = ("demo", "test", "example", "insecure", "change", "secret-key", "signs nothing", "opens nothing")
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
CONSOLE_SMS = "regions.sms.ConsoleSms"
CONSOLE_EMAIL = "django.core.mail.backends.console.EmailBackend"

Check = Callable[[], Iterator[CheckMessage]]


def secret_key() -> Iterator[CheckMessage]:
    if is_weak(settings.SECRET_KEY, SECRET_KEY_MIN):
        yield Error(
            "SECRET_KEY is short or has been published, and DEBUG is off.",
            hint=f"Set it to at least {SECRET_KEY_MIN} random characters; whoever knows it can sign in as anybody.",
            id="hansatsu.E001",
        )


def notary_key() -> Iterator[CheckMessage]:
    if is_weak(settings.NOTARY_KEY, NOTARY_KEY_MIN):
        yield Error(
            "NOTARY_KEY is missing, short or has been published, and DEBUG is off.",
            hint=f"Set the same {NOTARY_KEY_MIN} or more random characters here and at the notary.",
            id="hansatsu.E002",
        )


def allowed_hosts() -> Iterator[CheckMessage]:
    if "*" in settings.ALLOWED_HOSTS:
        yield Error(
            "ALLOWED_HOSTS lets every host name in, and DEBUG is off.",
            hint="List the names under which the platform is reached; links in e-mails are made from them.",
            id="hansatsu.E003",
        )
    elif not settings.ALLOWED_HOSTS:
        yield Error(
            "ALLOWED_HOSTS is empty, and DEBUG is off: every request is refused.",
            hint="List the names under which the platform is reached.",
            id="hansatsu.E004",
        )


def public_url() -> Iterator[CheckMessage]:
    address = urlsplit(settings.PUBLIC_URL)
    if address.scheme == "https":
        return
    if address.hostname in LOCAL:
        yield Warning(
            "PUBLIC_URL is this machine, and DEBUG is off.",
            hint="QR codes and e-mails carry it. Set it to the address that residents use.",
            id="hansatsu.W005",
        )
    else:
        yield Error(
            "PUBLIC_URL is not https, and DEBUG is off.",
            hint="Residents would be sent to pages without encryption, where sign-in does not work either.",
            id="hansatsu.E005",
        )


def sms() -> Iterator[CheckMessage]:
    if settings.SMS_BACKEND == CONSOLE_SMS:
        yield Warning(
            "SMS_BACKEND writes sign-in codes to the log, and DEBUG is off.",
            hint="Set SMS_BACKEND to an adapter of your carrier; until then nobody receives a code.",
            id="hansatsu.W006",
        )


def email() -> Iterator[CheckMessage]:
    if settings.EMAIL_BACKEND == CONSOLE_EMAIL:
        yield Warning(
            "EMAIL_BACKEND writes sign-in codes to the log, and DEBUG is off.",
            hint="Set EMAIL_BACKEND to django.core.mail.backends.smtp.EmailBackend and the server's address.",
            id="hansatsu.W007",
        )


def cookies() -> Iterator[CheckMessage]:
    if not (settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE):
        yield Error(
            "Cookies of signed-in people travel without encryption, and DEBUG is off.",
            hint="Leave SESSION_COOKIE_SECURE and CSRF_COOKIE_SECURE as they are set.",
            id="hansatsu.E008",
        )


CHECKS: Sequence[Check] = (secret_key, notary_key, allowed_hosts, public_url, sms, email, cookies)


@register(Tags.security)
def check_settings(app_configs: Sequence[AppConfig] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """Nothing while DEBUG is on, nor in the launcher, which serves nobody and hands the settings on."""
    if settings.DEBUG or launches_stack():
        return []
    return [message for check in CHECKS for message in check()]


def is_weak(key: str, length: int) -> bool:
    """Whether a secret is too short, says that it was published, or repeats itself."""
    return len(key) < length or len(set(key)) < 10 or any(word in key.lower() for word in PUBLISHED)
