"""Prepared messages, so that nobody has to find words while the telephone rings."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class PreparedText:
    """A message in both languages, under the name by which the office knows it."""

    key: str
    name: str | Promise
    ja: str
    en: str


PREPARED = (
    PreparedText(
        "outage",
        _("Unplanned: something is broken"),
        "ただいまシステムに不具合が発生しており、復旧作業を行っています。ご迷惑をおかけし申し訳ございません。"
        "お持ちの商品券の残高に影響はありません。",
        "Something is not working and we are repairing it. We apologise for the inconvenience. "
        "The balance of your vouchers is not affected.",
    ),
    PreparedText(
        "payments",
        _("Payments are delayed or fail"),
        "ただいまお支払いの処理が不安定なため、お支払いを一時停止しています。"
        "お店では現金など他の方法でお支払いください。残高と利用履歴はご覧いただけます。",
        "Payments are unreliable at the moment, so we have paused them. Please pay the shop in another way. "
        "You can still see your balance and your history.",
    ),
    PreparedText(
        "planned",
        _("Planned maintenance"),
        "定期メンテナンスのため、サービスを一時停止しています。終了まで今しばらくお待ちください。",
        "The service is paused for planned maintenance. Please wait until it has ended.",
    ),
    PreparedText(
        "sales",
        _("Sales are paused"),
        "ただいま商品券の申込・購入の受付を一時停止しています。お持ちの商品券は通常どおりお使いいただけます。",
        "Applications and purchases are paused. The vouchers that you have can be used as usual.",
    ),
)


def find_prepared(key: str) -> PreparedText | None:
    return next((text for text in PREPARED if text.key == key), None)
