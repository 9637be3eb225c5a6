"""What applicants are told: that their application is there, and what the draw has brought them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from regions.inbox import Words, register_words, tell
from regions.yen import yen
from vouchers.models.application import Application, ApplicationLine, ApplicationStatus
from vouchers.models.draw import Draw

RECEIVED, RESULT, INVALID = "application-received", "draw-result", "application-invalid"


def tell_received(application: Application) -> None:
    """Once for each application; its number is in it."""
    params = {"programme": application.programme.name, "number": application.number}
    tell(
        resident=application.resident,
        kind=RECEIVED,
        key=str(application.pk),
        params=params,
        link=_page_of(application),
    )


def tell_invalid(application: Application) -> None:
    params = {
        "programme": application.programme.name,
        "number": application.number,
        "reason": application.reason,
    }
    tell(
        resident=application.resident,
        kind=INVALID,
        key=str(application.pk),
        params=params,
        link=_page_of(application),
    )


def tell_result(draw: Draw, application: Application, lines: Sequence[ApplicationLine]) -> None:
    """Won, won with fewer, or not won; and what to do now. Part of the transaction that settles it."""
    params = {
        "programme": draw.programme.name,
        "number": application.number,
        "status": application.status,
        "won": [[line.unit.name, line.units_won] for line in lines if line.units_won],
        "yen": sum(line.unit.price * (line.units_won or 0) for line in lines),
        "pay_by": draw.pay_by_at.isoformat() if draw.pay_by_at else None,
    }
    application.programme = draw.programme
    tell(
        resident=application.resident,
        kind=RESULT,
        key=str(application.pk),
        params=params,
        link=_page_of(application),
    )


def _page_of(application: Application) -> str:
    return reverse("application", args=[application.resident.region.slug, application.programme.slug])


def received_words(params: Mapping[str, Any]) -> Words:
    subject = _("Your application for %(programme)s is there") % params
    body = _(
        "We have received your application. Its number is %(number)s. "
        "You can change or withdraw it until applications close."
    )
    return Words(subject, body % params)


def invalid_words(params: Mapping[str, Any]) -> Words:
    subject = _("Your application for %(programme)s does not count") % params
    body = _("The voucher secretariat could not accept the application %(number)s: %(reason)s")
    return Words(subject, body % params)


def result_words(params: Mapping[str, Any]) -> Words:
    facts = {**params, "units": _units(params["won"]), "yen": yen(params["yen"])}
    if params["status"] == ApplicationStatus.LOST:
        subject = _("Result of the lottery: not won (%(programme)s)") % facts
        return Words(subject, _("Unfortunately your application %(number)s was not drawn.") % facts)
    if params["status"] == ApplicationStatus.WON:
        subject = _("Result of the lottery: won (%(programme)s)") % facts
        told = _("Your application %(number)s was drawn. You can buy: %(units)s.") % facts
    else:
        subject = _("Result of the lottery: won with fewer units (%(programme)s)") % facts
        told = _("Your application %(number)s was drawn, with fewer units than you asked for. You can buy: %(units)s.")
        told %= facts
    return Words(subject, f"{told}\n\n{_pay(params['pay_by'], facts)}")


def _pay(pay_by: str | None, facts: Mapping[str, Any]) -> str:
    if pay_by is None:
        return _("Please pay %(yen)s.") % facts
    last = timezone.localtime(datetime.fromisoformat(pay_by)) - timedelta(microseconds=1)
    told = _("Please pay %(yen)s by %(day)s. What is not paid by then is given to others.")
    return told % {**facts, "day": date_format(last, _("j F Y"))}


def _units(won: Sequence[Sequence[Any]]) -> str:
    return _(", ").join(_("%(unit)s × %(count)s") % {"unit": name, "count": count} for name, count in won)


register_words(RECEIVED, received_words)
register_words(RESULT, result_words)
register_words(INVALID, invalid_words)
