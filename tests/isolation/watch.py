"""Whether a region's rows are as they were: every row of every model that leads to the region, whole."""

from collections.abc import Iterator
from itertools import chain

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import models
from django.db.models import Q

from payments.models import Heartbeat, LogCursor, NotaryHealth
from regions.models import NotaryCluster, Region, User
from tests.isolation.worlds import World

ROOMS = ("regions", "vouchers", "merchants", "payments", "maintenance")
# They belong to no region, so no region's people may reach them, and no region's walk can tell.
OF_THE_PLATFORM = frozenset({NotaryCluster, NotaryHealth, Heartbeat, LogCursor})
# Signing in writes these, also for whoever only knocks.
NOT_COMPARED = frozenset({"last_login"})

Rows = dict[str, list[tuple[object, ...]]]


def rows_of(world: World) -> Rows:
    """The rows by table, in order, every column."""
    return {label: sorted(rows.values_list(*columns(rows.model)), key=str) for label, rows in querysets(world)}


def differences(before: Rows, after: Rows) -> list[str]:
    return [table for table in before if before[table] != after[table]]


def columns(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields if field.name not in NOT_COMPARED]


def querysets(world: World) -> Iterator[tuple[str, models.QuerySet[models.Model]]]:
    region = world.town.region
    people = User.objects.filter(memberships__region=region)
    yield "regions.Region", Region.objects.filter(pk=region.pk)
    yield "regions.User", people.distinct()
    yield "account.EmailAddress", EmailAddress.objects.filter(user__in=people)
    yield "mfa.Authenticator", Authenticator.objects.filter(user__in=people)
    for model in all_models():
        if model not in {Region, User, *OF_THE_PLATFORM} and (leads := leads_to(model, region)):
            yield model._meta.label, model._default_manager.filter(leads).distinct()


def all_models() -> Iterator[type[models.Model]]:
    """Every model of the rooms, also the ones that stand between two others."""
    return chain.from_iterable(apps.get_app_config(room).get_models(include_auto_created=True) for room in ROOMS)


def leads_to(model: type[models.Model], region: Region) -> Q:
    """Rows with the region in them, or with a relation to a row that has."""
    found = Q()
    for field in model._meta.fields:
        if field.related_model is Region:
            found |= Q(**{field.name: region})
        elif field.related_model is User:
            found |= Q(**{f"{field.name}__memberships__region": region})
        elif isinstance(field, models.ForeignKey) and has_region(field.related_model):
            found |= Q(**{f"{field.name}__region": region})
        elif isinstance(field, models.ForeignKey) and (path := region_set(field.related_model)):
            found |= Q(**{f"{field.name}__{path}": region})
    return found | (Q(**{path: region}) if (path := region_set(model)) else Q())


def has_region(model: object) -> bool:
    return any(field.related_model is Region and field.name == "region" for field in model._meta.fields)  # type: ignore[attr-defined]


def region_set(model: object) -> str:
    """The name of the relation by which a row belongs to several regions, if there is one."""
    return next((field.name for field in model._meta.many_to_many if field.related_model is Region), "")  # type: ignore[attr-defined]


def models_that_lead_nowhere(region: Region) -> list[str]:
    """Models that the watch would not see; each must be named as one of the platform's own."""
    known = {Region, User, *OF_THE_PLATFORM}
    return [model._meta.label for model in all_models() if model not in known and not leads_to(model, region)]
