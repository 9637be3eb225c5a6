"""Tills of a store: another one, another name, closed and opened again. A till is never deleted: payments name it."""

from django.db import IntegrityError, transaction

from merchants.errors import TillNameTaken
from merchants.models import Store, Till


def add_till(*, store: Store, name: str) -> Till:
    """A new till with a code of its own; raise TillNameTaken."""
    try:
        with transaction.atomic():
            return Till.objects.create(region_id=store.region_id, store=store, name=name.strip())
    except IntegrityError as problem:
        raise TillNameTaken from problem


def rename_till(till: Till, *, name: str) -> None:
    """Another name; the code and what is printed stay good. Raise TillNameTaken."""
    try:
        with transaction.atomic():
            Till.objects.filter(pk=till.pk).update(name=name.strip())
    except IntegrityError as problem:
        raise TillNameTaken from problem


def set_open(till: Till, *, is_open: bool) -> None:
    """Take payments there, or none from now on; what was begun before is finished."""
    Till.objects.filter(pk=till.pk).update(is_active=is_open)
