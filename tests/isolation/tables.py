"""What the walk knows of addresses: the values of parameters, what is public on purpose, questions, bodies.

A new address with a parameter that is not here, or a new admin model without a row in `World.rows`,
fails the walk: whoever adds one says here which row of the foreign region it would show.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.forms.models import _get_foreign_key, model_to_dict
from django.utils import timezone

from merchants.models import TillKey
from merchants.portal import portal_site
from payments.models import Charge, PayCode, SettlementRule
from regions.staff_site import staff_site
from tests.isolation.addresses import Address
from tests.isolation.worlds import Kind, World

# --- parameter of an address → the foreign region's value ----------------------------------

VALUES: dict[str, Callable[[World], str]] = {
    "region": lambda world: world.town.region.slug,
    "till": lambda world: world.town.till.code,
    "programme": lambda world: str(world.town.programme.pk),
    "slug": lambda world: world.town.programme.slug,
    "name": lambda _world: "list.txt",
    "application": lambda world: str(world.application.pk),
    "payment": lambda world: str(world.payment.pk),
    "order": lambda world: world.order.number,
    "store": lambda world: str(world.town.store.pk),
    "entitlement": lambda world: str(world.entitlement.pk),
    "merchant": lambda world: str(world.town.store.merchant.pk),
    "window": lambda world: str(world.window.pk),
    "till_key": lambda world: str(TillKey.objects.get(region=world.town.region).pk),
    "paper": lambda _world: "stand-a6",
    "code": lambda world: str(PayCode.objects.get(till=world.town.till).pk),
    "content_type_id": lambda world: str(ContentType.objects.get_for_model(world.town.resident).pk),
    "rule": lambda world: str(SettlementRule.objects.get(region=world.town.region).pk),
    "form": lambda _world: "pdf",
    "app_label": lambda _world: "merchants",
    # Behind an e-mailed link, which nobody of region A has; and what matches when nothing else does.
    "key": lambda _world: "no-such-key",
    "url": lambda _world: "no-such-page",
}
ADMIN_ROW = re.compile(r"^/(?:staff|portal)/(?P<app>\w+)/(?P<model>\w+)/%\(object_id\)s/")


def fillings(address: Address, mine: World, theirs: World) -> Iterator[str]:
    """The address with the foreign region's values, and the same ones under one's own region."""
    values = {name: value_of(name, address, theirs) for name in address.parameters}
    yield address.fill(values)
    if "region" in values and len(values) > 1:
        yield address.fill({**values, "region": VALUES["region"](mine)})


def value_of(name: str, address: Address, world: World) -> str:
    if name == "charge":
        charge = Charge.objects.get(region=world.town.region)
        # A till system knows it by its number, a customer by the name in its QR.
        return str(charge.pk) if "/pos/" in address.template else charge.token
    if name == "object_id":
        return object_id(address, world)
    if name not in VALUES:
        raise AssertionError(f"{address.template}: say in tests/isolation/tables.py what `{name}` is")
    return VALUES[name](world)


def object_id(address: Address, world: World) -> str:
    match = ADMIN_ROW.match(address.template)
    if match is None:
        return str(world.town.resident.pk)
    return str(row_of(match["app"], match["model"], world, address).pk)


def row_of(app: str, model: str, world: World, address: Address) -> models.Model:
    if (app, model) == ("admin", "logentry"):
        return log_entry(world)
    for row in world.rows():
        if (row._meta.app_label, row._meta.model_name) == (app, model):
            return row
    raise AssertionError(f"{address.template}: World.rows has no {app}.{model}")


def log_entry(world: World) -> models.Model:
    """What somebody of the foreign region's office did to a resident there."""
    resident = world.town.resident
    entry, _made = LogEntry.objects.get_or_create(
        user=world.secretary,
        content_type=ContentType.objects.get_for_model(resident),
        object_id=str(resident.pk),
        defaults={"object_repr": str(resident)[:200], "action_flag": 2, "change_message": "[]"},
    )
    return entry


# --- public on purpose ------------------------------------------------------------------------

SHOPS_AND_PROGRAMMES = frozenset({Kind.REGION, Kind.PROGRAMME, Kind.STORE})
PUBLIC: dict[str, tuple[frozenset[Kind], str]] = {
    "home": (frozenset({Kind.REGION}), "people choose their region here"),
    "region-status": (frozenset({Kind.REGION, Kind.WINDOW}), "anybody may ask whether a city's payments work"),
    "status-json": (frozenset({Kind.REGION, Kind.WINDOW}), "the same for machines"),
    "api:status": (frozenset({Kind.REGION, Kind.WINDOW}), "the same for the app"),
    "join": (SHOPS_AND_PROGRAMMES, "who applies sees the ticket types on offer and the region's exclusions"),
    "api:stores": (SHOPS_AND_PROGRAMMES, "where vouchers are taken is published by the city"),
    "programmes": (SHOPS_AND_PROGRAMMES, "what a city issues is published by the city"),
    "programme": (SHOPS_AND_PROGRAMMES, "the same, in full"),
    "draw": (SHOPS_AND_PROGRAMMES, "anybody may check a draw"),
    "draw-file": (SHOPS_AND_PROGRAMMES, "the same"),
    "api:programmes": (SHOPS_AND_PROGRAMMES, "what a city issues is published by the city"),
}
# Its name and its office's telephone stand in the head and the foot of every page of a region, whoever asks.
PUBLIC_IN_A_REGION = frozenset({Kind.REGION})
# An operator of the platform sees every region at the secretariat's site, and beside it only this.
OPERATORS_AREA = "staff"
OPERATORS_MAY: dict[str, tuple[frozenset[Kind], str]] = {
    "till-stand": (frozenset({Kind.STORE}), "an operator prints a stand for an office that asks for one"),
}


NOTHING: tuple[frozenset[Kind], str] = (frozenset(), "")


def allowed(address: Address, *, is_operator: bool) -> frozenset[Kind]:
    everywhere = PUBLIC_IN_A_REGION if address.template.startswith("/%(region)s/") else frozenset()
    more = OPERATORS_MAY.get(address.name, NOTHING)[0] if is_operator else frozenset()
    return everywhere | more | PUBLIC.get(address.name, NOTHING)[0]


# Not ours to mend, and nothing of a region in it.
KNOWN_BROKEN: dict[str, str] = {
    "headless:browser:account:request_login_code": "the library fails on a form without any address",
    "headless:app:account:request_login_code": "the same",
    "headless:browser:account:manage_phone": "the same library fails when somebody who is signed out deletes a number",
    "headless:app:account:manage_phone": "the same",
}


# --- questions that could draw foreign rows out of a list ----------------------------------


def questions(address: Address, world: World) -> list[str]:
    """Query strings to ask an address with: none, and those that its kind of page understands."""
    last = address.name.rsplit(":", 1)[-1]
    town, region = world.town, world.town.region
    if last == "autocomplete":
        return [*autocompletes(world)]
    if last == "maintenance_window_draft":
        return [
            f"?region={region.slug}&scope=all",
            f"?region={world.town.region.pk}&scope=all",
            "?region=all&scope=all",
        ]
    if last == "words":
        return ["", f"?print=1&till={world.town.till.pk}&day={timezone.localdate()}&first=8&last=9"]
    if last in ("live", "screen", "take"):
        return ["", f"?till={world.town.till.pk}", f"?till={world.town.till.code}"]
    if last.endswith("_changelist"):
        return ["", *(f"?q={word}" for word in ("ZQ", world.payment.number)), *lookups(world)]
    if last.endswith(("_export", "_workbook")):
        asked = [
            ("region", region.pk),
            ("region", region.slug),
            ("till", town.till.pk),
            ("programme", town.programme.pk),
        ]
        return ["", "?q=ZQ", *(f"?{name}={value}" for name, value in asked)]
    if last.endswith("_add"):
        return ["", f"?region={region.pk}", f"?region={region.slug}", f"?store={world.town.store.pk}"]
    return [""]


def lookups(world: World) -> list[str]:
    region, town = world.town.region, world.town
    return [
        f"?region__id__exact={region.pk}",
        f"?region={region.pk}",
        f"?region={region.slug}",
        f"?store__id__exact={town.store.pk}",
        f"?merchant__id__exact={town.store.merchant.pk}",
        f"?till={town.till.pk}",
        f"?wallet__resident__id__exact={town.resident.pk}",
    ]


def autocompletes(_world: World) -> Iterator[str]:
    for site in (staff_site, portal_site):
        for model in site._registry:
            for field in model._meta.get_fields():
                if isinstance(field, models.ForeignKey | models.ManyToManyField):
                    names = f"app_label={model._meta.app_label}&model_name={model._meta.model_name}"
                    yield f"?{names}&field_name={field.name}&term=ZQ"
                    yield f"?{names}&field_name={field.name}&term="


# --- bodies that could change foreign rows ---------------------------------------------------


def bodies(address: Address, world: World) -> list[dict[str, Any]]:
    """What is posted to an address: nothing, all that actions and forms of the pages understand, a row's form."""
    town = world.town
    everything: dict[str, Any] = {
        "till": town.till.code,
        "code": town.till.code,
        "amount": 100,
        "method": "card",
        "reason": "because",
        "key": "0198c0de-0000-4000-8000-000000000000",
        "text": town.till.code,
        "yes": "1",
        "confirmed": "1",
        "note": "looked at",
        "outcome": "voided",
        "post": "yes",
        "wanted": "decline",
        "act": "stop",
        "step": "drop",
        "region": town.region.slug,
        "scope": "all",
        "expected_until": "2099-01-01T00:00",
        "action": "delete_selected",
        "_selected_action": [str(row.pk) for row in world.rows()],
        "password1": "a-new-pass-word-1",
        "password2": "a-new-pass-word-1",
    }
    found = [{}, everything]
    if model := admin_model(address):
        found.append(row_form(model, address, world))
    return found


def admin_model(address: Address) -> type[models.Model] | None:
    match = re.match(r"^/(staff|portal)/(\w+)/(\w+)/(?:add/|%\(object_id\)s/change/)$", address.template)
    if not match:
        return None
    site = staff_site if match[1] == "staff" else portal_site
    names = {(model._meta.app_label, model._meta.model_name): model for model in site._registry}
    return names[match[2], match[3]]


def row_form(model: type[models.Model], address: Address, world: World) -> dict[str, Any]:
    """The foreign row's own form, its texts replaced: saved, it would change or double that row."""
    row = row_of(model._meta.app_label, str(model._meta.model_name), world, address)
    values = {name: value for name, value in model_to_dict(row).items() if value is not None}
    texts = (models.CharField, models.TextField)
    for field in model._meta.fields:
        if isinstance(field, texts) and not field.choices and field.name in values:
            values[field.name] = "walked"
    values["region"] = str(world.town.region.pk)
    return {**{name: form_value(value) for name, value in values.items()}, **management_forms(model)}


def form_value(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [str(getattr(entry, "pk", entry)) for entry in value]
    return str(value)


def management_forms(model: type[models.Model]) -> dict[str, str]:
    values: dict[str, str] = {}
    for site in (staff_site, portal_site):
        for inline in getattr(site._registry.get(model), "inlines", ()):
            key = _get_foreign_key(model, inline.model, fk_name=getattr(inline, "fk_name", None))
            prefix = key.remote_field.get_accessor_name(model=inline.model).replace("+", "")
            values |= {f"{prefix}-{name}_FORMS": "0" for name in ("TOTAL", "INITIAL", "MIN_NUM", "MAX_NUM")}
    return values


WRITES: dict[str, Sequence[str]] = {"api": ("POST", "PUT", "PATCH", "DELETE"), "_allauth": ("POST", "DELETE")}


def writes(address: Address) -> Sequence[str]:
    return WRITES.get(address.area, ("POST",))
