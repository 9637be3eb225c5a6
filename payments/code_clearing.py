"""Codes that nobody has paid with are forgotten."""

from datetime import datetime, timedelta

from django.utils import timezone

from payments.models import PayCode

KEPT = timedelta(days=1)


def clear_codes(*, now: datetime | None = None) -> int:
    """Forget what nobody has paid with, a day after its minute; return how many that were."""
    old = PayCode.objects.filter(payment=None, expires_at__lt=(now or timezone.now()) - KEPT)
    count, _by_model = old.delete()
    return count
