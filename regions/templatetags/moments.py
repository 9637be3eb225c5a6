"""Days and times as people read them, in the time zone of the region whose page it is."""

from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def day(moment: date) -> str:
    """`2023年1月25日（水）`."""
    return date_format(_local(moment), _("l, j F Y"))


@register.filter
def short_day(moment: date) -> str:
    """`1月25日`: the year is plain."""
    return date_format(_local(moment), _("j F"))


@register.filter
def month(moment: date) -> str:
    """`2023年1月`."""
    return date_format(_local(moment), _("F Y"))


@register.filter
def clock(moment: datetime) -> str:
    """`16:13:05`."""
    return f"{_local(moment):%H:%M:%S}"


@register.filter
def minute(moment: datetime) -> str:
    """`16:13`."""
    return f"{_local(moment):%H:%M}"


def _local(moment: date) -> date:
    return timezone.localtime(moment) if isinstance(moment, datetime) else moment
