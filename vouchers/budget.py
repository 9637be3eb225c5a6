"""What a programme has issued of its budget; the table's constraint refuses the yen that would be too much."""

from collections.abc import Mapping
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from vouchers.errors import BudgetExceeded
from vouchers.models import ProgrammeBudget


@transaction.atomic
def commit_budget(amounts: Mapping[UUID, int]) -> None:
    """Count yen of premium and grants by programme id. Raise BudgetExceeded, with nothing counted.

    Part of the caller's transaction; who issues next in the same programme waits for its end.
    """
    for programme_id, amount in sorted(amounts.items()):
        _count(programme_id, amount)


def release_budget(programme_id: UUID, amount: int) -> None:
    """Count yen back that were taken from residents again without having been used."""
    ProgrammeBudget.objects.filter(pk=programme_id).update(committed=F("committed") - amount)


def _count(programme_id: UUID, amount: int) -> None:
    if not amount:
        return
    try:
        with transaction.atomic():
            ProgrammeBudget.objects.filter(pk=programme_id).update(committed=F("committed") + amount)
    except IntegrityError as problem:
        row = ProgrammeBudget.objects.get(pk=programme_id)
        raise BudgetExceeded(left=(row.budget or 0) - row.committed, asked=amount) from problem
