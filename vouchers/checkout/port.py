"""The port: begin a charge, look at it, withdraw it, give it back. Amounts are whole yen."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from django.db import models
from django.utils.translation import gettext_lazy as _

CURRENCY = "jpy"


class Method(models.TextChoices):
    CASH = "cash", _("cash at the office")
    KONBINI = "konbini", _("convenience store")
    CARD = "card", _("card")


class Standing(StrEnum):
    """How far a charge is: nothing done, a number for the till handed out, paid, or closed for good."""

    OPEN = "open"
    WAITING = "waiting"
    PAID = "paid"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Charge:
    """What is to be paid. `key` makes beginning it unrepeatable; `reference` of what is paid is our own order.

    `expires_at` closes the provider's page; a number for a convenience store is good for `konbini_days`
    whole days after today.
    """

    key: str
    order: str
    number: str
    amount: int
    method: Method
    description: str
    return_url: str
    expires_at: datetime
    konbini_days: int = 0


@dataclass(frozen=True, slots=True)
class Begun:
    """Where the charge is kept (`reference`), and the page on which the person pays, if there is one."""

    reference: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What the other side says of a charge: how far it is, and what was asked or paid there."""

    standing: Standing
    amount: int
    currency: str = CURRENCY
    url: str = ""


class Checkout(Protocol):
    """One way for money to come in. No call is made inside a transaction by who uses it over a network.

    Every call raises CheckoutUnavailable if there is no answer, CheckoutRefused if the answer is no,
    CheckoutUnknown for a reference of nothing.
    """

    name: str
    methods: Collection[Method]

    def begin(self, charge: Charge) -> Begun:
        """Open the charge. Idempotent on its key; raise KeyUsedOtherwise if that named another charge."""

    def look(self, reference: str) -> Found:
        """How far it is, asked afresh."""

    def withdraw(self, reference: str) -> Found:
        """See to it that nobody pays it any more; PAID if somebody was quicker. Idempotent."""

    def give_back(self, reference: str, *, amount: int, key: str, email: str = "") -> None:
        """Return so much of what was paid, once per key. `email` is for who must be asked where to."""
