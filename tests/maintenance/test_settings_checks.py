"""Dangerous combinations of settings are named, each with an id and a hint."""

from typing import Any

import pytest

from config.checks import check_settings

GOOD: dict[str, Any] = {
    "DEBUG": False,
    "SECRET_KEY": "9tRz2Vw7kQx1LmB4nYc8HsJf6DgPa3Ue0Xo5Ti-_bGqKrM",
    "NOTARY_KEY": "Zx81nB0qWm4vT7rYc2LkJh5GfDs9aPoI",
    "ALLOWED_HOSTS": ["voucher.city.example"],
    "PUBLIC_URL": "https://voucher.city.example",
    "SMS_BACKEND": "carrier.Sms",
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
}
BAD = [
    ("SECRET_KEY", "short", "hansatsu.E001"),
    ("SECRET_KEY", "a demo key that is long enough but is known to everybody", "hansatsu.E001"),
    ("SECRET_KEY", "ab" * 40, "hansatsu.E001"),
    ("NOTARY_KEY", "", "hansatsu.E002"),
    ("NOTARY_KEY", "too-short-for-a-secret", "hansatsu.E002"),
    ("ALLOWED_HOSTS", ["voucher.city.example", "*"], "hansatsu.E003"),
    ("ALLOWED_HOSTS", [], "hansatsu.E004"),
    ("PUBLIC_URL", "http://voucher.city.example", "hansatsu.E005"),
    ("PUBLIC_URL", "http://localhost:8000", "hansatsu.W005"),
    ("SMS_BACKEND", "regions.sms.ConsoleSms", "hansatsu.W006"),
    ("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend", "hansatsu.W007"),
    ("SESSION_COOKIE_SECURE", False, "hansatsu.E008"),
]


def use(settings: Any, **chosen: Any) -> None:
    for name, value in {**GOOD, **chosen}.items():
        setattr(settings, name, value)


def test_a_careful_deployment_has_nothing_to_answer_for(settings: Any) -> None:
    use(settings)

    assert check_settings() == []


@pytest.mark.parametrize(("name", "value", "id"), BAD)
def test_each_danger_is_named_with_what_to_do(settings: Any, name: str, value: Any, id: str) -> None:
    use(settings, **{name: value})

    (message,) = check_settings()

    assert message.id == id
    assert message.hint


def test_on_a_developers_machine_everything_is_allowed(settings: Any) -> None:
    use(settings, DEBUG=True, **{name: value for name, value, _id in BAD})

    assert check_settings() == []
