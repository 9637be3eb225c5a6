"""How large a store is in a programme, and what it takes there: by the rule, or by a person with a reason."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from merchants.errors import ReasonMissing
from merchants.models import SizeClass, SizeRule, Store, StoreDecision
from merchants.size_rule import USUAL, HeadOffice, Rule, Shop, Verdict, judge
from regions.models import User
from vouchers.models import Programme, TicketKind, TicketType


def rule_of(programme: Programme) -> Rule:
    """The programme's own rule, or the usual one where it has none."""
    written: SizeRule | None = SizeRule.objects.filter(programme=programme).first()
    return written.rule if written else USUAL


def shop_of(store: Store) -> Shop:
    """What is known of the store and its business, as a rule may ask for it."""
    return Shop(
        floor_area=store.floor_area,
        in_large_store=store.in_large_store,
        head_office=HeadOffice(store.merchant.head_office),
        capital=store.merchant.capital,
    )


def good_in(size: SizeClass | str, ticket_types: Iterable[TicketType]) -> list[TicketType]:
    """Those of the ticket types that a shop of this size may take: small-shop tickets are for small shops only."""
    return [kind for kind in ticket_types if size == SizeClass.SMALL or kind.kind != TicketKind.LOCAL]


@transaction.atomic
def decide_by_rule(
    store: Store, programme: Programme, wanted: Iterable[TicketType] | None = None, *, now: datetime | None = None
) -> StoreDecision:
    """Apply the programme's rule to the store, and let it take what follows.

    `wanted` are the programme's ticket types that the store asked for; without it, all of them. Writes nothing
    new where the latest decision says the same; never changes what a person has decided.
    """
    latest = latest_decision(store, programme)
    if latest and latest.by_id:
        return latest
    verdict = judge(rule_of(programme), shop_of(store))
    return _decide(store, programme, SizeClass(verdict.size), wanted, by=None, reason=verdict.reason, now=now)


@transaction.atomic
def decide_by_person(
    store: Store,
    programme: Programme,
    size: SizeClass,
    *,
    by: User,
    reason: str,
    wanted: Iterable[TicketType] | None = None,
    now: datetime | None = None,
) -> StoreDecision:
    """Set the store's size whatever the rule says; raise ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing
    return _decide(store, programme, size, wanted, by=by, reason=reason.strip(), now=now)


def decide_all_by_rule(programme: Programme, *, now: datetime | None = None) -> int:
    """Apply a rule that was changed to every store of the programme; return how many decisions are new."""
    began = now or timezone.now()
    stores = Store.objects.filter(decisions__programme=programme).select_related("merchant").distinct()
    decided = (decide_by_rule(store, programme, _taken_before(store, programme), now=began) for store in stores)
    return sum(decision.at == began for decision in decided)


def latest_decision(store: Store, programme: Programme) -> StoreDecision | None:
    """The decision that counts."""
    found: StoreDecision | None = StoreDecision.objects.filter(store=store, programme=programme).first()
    return found


def judge_store(store: Store, programme: Programme) -> Verdict:
    """What the rule says of the store now, whatever was decided."""
    return judge(rule_of(programme), shop_of(store))


def _decide(
    store: Store,
    programme: Programme,
    size: SizeClass,
    wanted: Iterable[TicketType] | None,
    *,
    by: User | None,
    reason: str,
    now: datetime | None,
) -> StoreDecision:
    own = list(TicketType.objects.filter(programme=programme))
    asked = own if wanted is None else [kind for kind in own if kind in set(wanted)]
    taken = good_in(size, asked)
    facts = {"size_class": size, "ticket_types": sorted(kind.slug for kind in taken), "reason": str(reason)}
    latest = latest_decision(store, programme)
    if latest and (latest.by, *(getattr(latest, name) for name in facts)) == (by, *facts.values()):
        return latest
    decision = StoreDecision.objects.create(
        region_id=store.region_id, store=store, programme=programme, by=by, at=now or timezone.now(), **facts
    )
    store.ticket_types.remove(*[kind for kind in own if kind not in taken])
    store.ticket_types.add(*taken)
    Store.objects.filter(pk=store.pk).update(size_class=size)
    store.size_class = size
    return decision


def _taken_before(store: Store, programme: Programme) -> list[TicketType]:
    """What the store asked for when it joined: also what it could not have while it counted as large."""
    slugs: set[str] = set()
    for decision in StoreDecision.objects.filter(store=store, programme=programme):
        slugs |= set(decision.ticket_types)
    return list(TicketType.objects.filter(programme=programme, slug__in=slugs))
