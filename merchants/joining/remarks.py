"""What the office should look at before it decides on an application, found by the platform itself."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import jaconv
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from merchants.joining.entries import is_corporate
from merchants.models import JoinApplication, Merchant, Store
from merchants.size_rule import HeadOffice, Shop, judge, missing
from merchants.size_words import MISSING
from merchants.sizing import rule_of
from regions.phones import normalize_phone
from vouchers.models import Programme

WARN, NOTE = "warning", "info"


@dataclass(frozen=True, slots=True)
class Remark:
    """One sentence; `merchant` is the one that may be the same business."""

    tone: str
    words: str
    merchant: Merchant | None = None


def remarks(application: JoinApplication) -> list[Remark]:
    return [
        *_same_business(application),
        *_same_application(application),
        *_same_shop(application),
        *_gaps(application),
    ]


def rule_shop(application: JoinApplication, shop: Any) -> Shop:
    """What the application says of a shop, as the programme's rule asks for it."""
    return Shop(
        floor_area=shop.floor_area,
        in_large_store=shop.in_large_store,
        head_office=HeadOffice(application.head_office),
        capital=application.capital,
    )


def sizes_by_rule(application: JoinApplication) -> Iterator[tuple[Any, Programme, Any]]:
    """Each shop with each programme that it asks for, and what the rule says."""
    programmes = {kind.programme_id: kind.programme for kind in application.ticket_types.select_related("programme")}
    rules = [(programme, rule_of(programme)) for programme in programmes.values()]
    for shop in application.stores.all():
        for programme, rule in rules:
            yield shop, programme, judge(rule, rule_shop(application, shop))


def _same_business(application: JoinApplication) -> Iterator[Remark]:
    for merchant in Merchant.objects.filter(region=application.region_id):
        same = [*_same(application, merchant)]
        if same:
            words = _("%(merchant)s takes part already and has the same %(what)s.")
            yield Remark(WARN, words % {"merchant": merchant, "what": "、".join(same)}, merchant)


def _same_application(application: JoinApplication) -> Iterator[Remark]:
    others = JoinApplication.objects.filter(region=application.region_id).exclude(pk=application.pk)
    for other in others.exclude(state="withdrawn"):
        same = [*_same(application, other)]
        if same:
            words = _("Application %(number)s of %(name)s (%(state)s) has the same %(what)s.")
            facts = {"number": other.number, "name": other.name, "state": other.get_state_display()}
            yield Remark(WARN, words % {**facts, "what": "、".join(same)})


def _same_shop(application: JoinApplication) -> Iterator[Remark]:
    for shop in application.stores.all():
        there = Store.objects.filter(region=application.region_id).exclude(merchant=application.merchant_id)
        for store in there.filter(Q(name=shop.name) | Q(address=shop.address) & ~Q(address=""))[:3]:
            words = _("%(shop)s: a store of this name or address takes part already: %(store)s (%(merchant)s).")
            yield Remark(WARN, words % {"shop": shop.name, "store": store, "merchant": store.merchant})


def _gaps(application: JoinApplication) -> Iterator[Remark]:
    if not application.invoice_number:
        yield Remark(NOTE, _("No invoice number was given."))
    elif not is_corporate(application.invoice_number):
        yield Remark(WARN, _("The invoice number is no company's: a sole trader's, or a typing mistake."))
    programmes = {kind.programme_id: kind.programme for kind in application.ticket_types.select_related("programme")}
    for programme in programmes.values():
        unknown: set[str] = set()
        for shop in application.stores.all():
            unknown |= missing(rule_of(programme), rule_shop(application, shop))
        for name in sorted(unknown):
            words = _("The rule of %(programme)s asks for the %(what)s, which was not given.")
            yield Remark(NOTE, words % {"programme": programme, "what": MISSING[name]})


def _same(application: JoinApplication, other: Any) -> Iterable[str]:
    """The names of what two businesses have in common that should be one's own."""
    if _plain(application.name) == _plain(other.name):
        yield _("name")
    if application.invoice_number and application.invoice_number == other.invoice_number:
        yield _("invoice number")
    if _phone(application.contact_phone) and _phone(application.contact_phone) == _phone(other.contact_phone):
        yield _("telephone number")
    if application.contact_email.lower() == other.contact_email.lower():
        yield _("e-mail address")


def _plain(name: str) -> str:
    plain = jaconv.normalize(name).replace(" ", "").lower()
    for form in ("株式会社", "(株)", "有限会社", "(有)", "合同会社"):
        plain = plain.replace(form, "")
    return plain


def _phone(text: str) -> str:
    try:
        return normalize_phone(text) if text else ""
    except ValidationError:
        return ""
