"""How many wrong codes are looked at: per person, per network address and per region, in an hour."""

import hashlib
import hmac
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from regions.ids import new_id
from vouchers.errors import TooManyGuesses
from vouchers.models import GuessScope

# A person mistypes a few times, a family or a counter shares an address, a region has a bad day.
LIMITS = {GuessScope.PERSON: 10, GuessScope.ADDRESS: 50, GuessScope.REGION: 1000}
COUNT = """
    INSERT INTO vouchers_guesscount AS known (id, region_id, scope, subject, hour_at, count)
    VALUES (%s, %s, %s, %s, %s, 1)
    ON CONFLICT (region_id, scope, subject, hour_at) DO UPDATE SET count = known.count + 1
    WHERE known.count < %s
    RETURNING count
"""


def count_guess(*, region_id: UUID, user_id: UUID, address: str, now: datetime) -> None:
    """Count one code that is about to be looked at; raise TooManyGuesses where a limit is reached.

    Commits by itself, so that a guess counts whatever comes of it, and of guesses made at once none is free.
    """
    hour_at = now.replace(minute=0, second=0, microsecond=0)
    subjects = {GuessScope.PERSON: str(user_id), GuessScope.ADDRESS: address, GuessScope.REGION: ""}
    with connection.cursor() as cursor:
        for scope, subject in subjects.items():
            row: list[Any] = [new_id(), region_id, str(scope), _hidden(subject), hour_at, LIMITS[scope]]
            cursor.execute(COUNT, row)
            if cursor.fetchone() is None:
                raise TooManyGuesses


def _hidden(subject: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), b"guess" + subject.encode(), hashlib.sha256).hexdigest()
