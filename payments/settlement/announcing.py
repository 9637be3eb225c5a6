"""Shops told that a period is closed, what they are paid for it, and when."""

from collections.abc import Sequence

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from merchants.notices import tell_merchant
from payments.models import Closing, Statement

STATEMENTS = "/portal/payments/statement/"


def announce_statements(closing: Closing, statements: Sequence[Statement]) -> None:
    """One notice for each merchant, however many stores it has. Part of the closing's transaction."""
    by_merchant: dict[object, list[Statement]] = {}
    for statement in statements:
        by_merchant.setdefault(statement.merchant_id, []).append(statement)
    with translation.override(settings.LANGUAGE_CODE):
        title = _("The statement until %(day)s is ready") % {"day": _day(closing.last_on)}
        for found in by_merchant.values():
            tell_merchant(
                found[0].merchant, key=f"closing {closing.pk}", title=title, body=_body(closing, found), link=STATEMENTS
            )


def _body(closing: Closing, statements: Sequence[Statement]) -> str:
    """Without the sum: people of the till read notices too."""
    facts = {"first": _day(closing.first_on), "last": _day(closing.last_on), "day": _day(closing.pay_on)}
    if any(statement.net for statement in statements):
        return _("What is due for %(first)s to %(last)s is paid on %(day)s. The statement has the sum.") % facts
    return _("For %(first)s to %(last)s nothing is paid out; what is left is carried over. See the statement.") % facts


def _day(day: object) -> str:
    return date_format(day, "Y/m/d")  # type: ignore[arg-type]
