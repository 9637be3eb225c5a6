"""What the residents' pages show: balances, draws and outcomes as plain values for the templates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from merchants.models import Till
from payments.models import Allocation, DisputeDecision, Payment
from payments.states import NOT_PAID, Status
from vouchers.models import TicketType, Voucher
from vouchers.spending import available_by_ticket_type, plan_draws

EXPIRY_WARNING = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Balance:
    """What is left of one ticket type. `until` is the last day of what expires first, `first` its yen."""

    ticket_type: TicketType
    available: int
    held: int
    later: int
    first: int
    until: date | None
    days_left: int
    is_expiring: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """Yen that a payment takes, or took, from one ticket type; `refunded` of them came back."""

    ticket_type: TicketType
    amount: int
    refunded: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a payment is told at the till: in one word, in which tone, and what it means for both people."""

    word: str | Promise
    tone: str
    resident: str | Promise
    clerk: str | Promise


GUARANTEED = Outcome(
    _("Payment accepted"),
    "paid",
    _("The city guarantees this payment; the final check follows by itself."),
    _("To the shop: this payment is valid. Please hand over the goods."),
)

OUTCOMES: dict[str, Outcome] = {
    Status.PENDING: Outcome(
        _("Being checked"),
        "checking",
        _(
            "We are making sure of this payment. "
            "Please stay on this page: it changes by itself, usually within seconds."
        ),
        _("To the shop: it is not paid yet. Please wait until this page says so."),
    ),
    Status.COMPLETED: Outcome(_("Payment complete"), "paid", "", ""),
    Status.ACCEPTED: GUARANTEED,
    # Once it has said that it is paid, the screen never takes it back: the secretariat settles the rest.
    Status.DISPUTED: GUARANTEED,
    Status.DECLINED: Outcome(
        _("Not paid"),
        "not-paid",
        _("The payment did not work, and nothing was taken. Please pay again or in another way."),
        _("To the shop: nothing was paid."),
    ),
    Status.VOIDING: Outcome(
        _("Not paid"),
        "not-paid",
        _("The payment did not work. The amount comes back to your vouchers by itself. Please pay in another way."),
        _("To the shop: nothing was paid."),
    ),
    Status.VOIDED: Outcome(
        _("Not paid"),
        "not-paid",
        _("The payment did not work, and the amount is back on your vouchers. Please pay again or in another way."),
        _("To the shop: nothing was paid."),
    ),
}
REFUNDED = Outcome(
    _("Fully refunded"),
    "refunded",
    _("The shop has given back the whole amount."),
    _("To the shop: this payment was cancelled."),
)
CANCELLED = Outcome(
    _("Cancelled by the voucher secretariat"),
    "refunded",
    _("The amount is back on your vouchers. If you have a question, please ask the voucher secretariat."),
    _("To the shop: this payment does not count. The voucher secretariat has the reason."),
)


def outcome(payment: Payment) -> Outcome:
    if payment.status == Status.VOIDED and DisputeDecision.objects.filter(payment=payment).exists():
        return CANCELLED
    if payment.status not in NOT_PAID and payment.refunded == payment.amount:
        return REFUNDED
    return OUTCOMES[payment.status]


def balances(wallet_id: UUID, *, now: datetime) -> list[Balance]:
    """What the wallet holds by ticket type, in the order in which it would be spent."""
    vouchers = Voucher.objects.filter(wallet_id=wallet_id).with_value(at=now).with_ticket_type().in_spending_order()
    usable = available_by_ticket_type(wallet_id=wallet_id, at=now)
    by_type: dict[TicketType, list[Voucher]] = {}
    for voucher in vouchers:
        by_type.setdefault(voucher.ticket_type, []).append(voucher)
    return [_balance(kind, held, usable.get(kind.pk, 0), now) for kind, held in by_type.items()]


def _balance(ticket_type: TicketType, vouchers: Sequence[Voucher], available: int, now: datetime) -> Balance:
    left = [voucher for voucher in vouchers if voucher.available]
    expires_at = min((voucher.expires_at for voucher in left), default=None)
    until = last_day(expires_at) if expires_at else None
    return Balance(
        ticket_type=ticket_type,
        available=available,
        held=sum(voucher.held for voucher in vouchers),
        later=sum(voucher.available for voucher in vouchers) - available,
        first=sum(voucher.available for voucher in left if voucher.expires_at == expires_at),
        until=until,
        days_left=(until - timezone.localdate(now)).days if until else 0,
        is_expiring=expires_at is not None and expires_at - now <= EXPIRY_WARNING,
    )


def last_day(expires_at: datetime) -> date:
    """The last day on which something can be used: what expires at midnight is good on the day before."""
    return timezone.localdate(expires_at - timedelta(microseconds=1))


def usable_at(till: Till, wallet_id: UUID, *, now: datetime) -> list[Drawn]:
    """Yen that the wallet could spend at the till, by ticket type that the store takes."""
    available = available_by_ticket_type(wallet_id=wallet_id, at=now)
    return [Drawn(kind, available[kind.pk]) for kind in till.store.ticket_types.all() if available.get(kind.pk)]


def preview(till: Till, wallet_id: UUID, amount: int, *, now: datetime) -> list[Drawn]:
    """What a payment made now would take, by ticket type; raise InsufficientBalance as it would."""
    vouchers = Voucher.objects.filter(wallet_id=wallet_id, ticket_type__in=till.store.ticket_types.all())
    in_order = {v.pk: v for v in vouchers.spendable(at=now).with_ticket_type().in_spending_order()}
    draws = plan_draws(((pk, voucher.available) for pk, voucher in in_order.items()), amount)
    return _by_ticket_type((in_order[draw.voucher_id].ticket_type, draw.amount, 0) for draw in draws)


def drawn(allocations: QuerySet[Allocation]) -> list[Drawn]:
    """What a payment took, by ticket type."""
    return _by_ticket_type(
        (allocation.voucher.ticket_type, allocation.amount, allocation.refunded) for allocation in allocations
    )


def _by_ticket_type(parts: Iterable[tuple[TicketType, int, int]]) -> list[Drawn]:
    sums: dict[TicketType, tuple[int, int]] = {}
    for ticket_type, amount, refunded in parts:
        before = sums.get(ticket_type, (0, 0))
        sums[ticket_type] = before[0] + amount, before[1] + refunded
    return [Drawn(ticket_type, *amounts) for ticket_type, amounts in sums.items()]


def grouped_by_month(payments: Iterable[Payment], months: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The payments of a page of the history under their months, each with the sum of the whole month."""
    groups: list[dict[str, Any]] = []
    by_day = {month["month"].date(): month for month in months}
    for payment in payments:
        first = timezone.localdate(payment.authorised_at).replace(day=1)
        if not groups or groups[-1]["month"].date() != first:
            groups.append({**by_day[first], "payments": []})
        groups[-1]["payments"].append(payment)
    return groups
