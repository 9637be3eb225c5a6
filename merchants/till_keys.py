"""A merchant's keys for its till systems: made, found again by what a system sends, and revoked."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from merchants.errors import TillKeyUnknown
from merchants.models import Merchant, TillKey
from regions.models import User

PREFIX = "hk_"
SHOWN = 9
# When a key was last used is worth knowing to the minute, and not a write for each call.
USE_NOTED_EVERY = timedelta(minutes=1)


def make_key(*, merchant: Merchant, name: str, by: User) -> tuple[TillKey, str]:
    """A new key and its secret, which nobody can see again."""
    secret = PREFIX + secrets.token_urlsafe(32)
    key = TillKey.objects.create(
        region_id=merchant.region_id,
        merchant=merchant,
        name=name.strip(),
        beginning=secret[:SHOWN],
        digest=_digest(secret),
        made_by=by,
    )
    return key, secret


def find_key(secret: str, *, now: datetime | None = None) -> TillKey:
    """The key of this secret; raise TillKeyUnknown for one that never was or is revoked."""
    at = now or timezone.now()
    key = TillKey.objects.filter(digest=_digest(secret), revoked_at=None).select_related("made_by").first()
    if key is None:
        raise TillKeyUnknown
    stale = Q(last_used_at=None) | Q(last_used_at__lt=at - USE_NOTED_EVERY)
    if key.last_used_at is None or key.last_used_at < at - USE_NOTED_EVERY:
        TillKey.objects.filter(stale, pk=key.pk).update(last_used_at=at)
    found: TillKey = key
    return found


def revoke_key(key: TillKey, *, now: datetime | None = None) -> None:
    """End the key for good, from the next call on. Idempotent."""
    TillKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now or timezone.now())
    key.refresh_from_db(fields=["revoked_at"])


def _digest(secret: str) -> str:
    """Of 256 random bits nothing can be guessed, so a plain digest keeps them."""
    return hashlib.sha256(secret.encode()).hexdigest()
