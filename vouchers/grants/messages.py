"""The words of what residents are told about grants."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from regions.inbox import Words, register_words
from regions.yen import yen


def _offered(params: Mapping[str, Any]) -> Words:
    facts = {"programme": params["programme"], "amount": yen(params["amount"]), "until": params.get("until", "")}
    body = _("You can claim vouchers of %(programme)s worth %(amount)s.") % facts
    if facts["until"]:
        body = f"{body} {_('Please do so by %(until)s.') % facts}"
    return Words(_("Vouchers for you: %(programme)s") % facts, body)


def _stopped(params: Mapping[str, Any]) -> Words:
    facts = {"programme": params["programme"], "amount": yen(params["amount"])}
    return Words(
        _("Vouchers stopped: %(programme)s") % facts,
        _("The secretariat has stopped your vouchers of %(programme)s. %(amount)s can no longer be used.") % facts,
    )


register_words("grant-offered", _offered)
register_words("grant-stopped", _stopped)
