"""What a business is told: on the portal's first page, and by e-mail to its contact and its owners."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from merchants.models import MemberRole, Merchant, MerchantMember, Notice
from regions.mailing import mail_due, send_each
from regions.models import User


def tell_merchant(
    merchant: Merchant, *, key: str, title: str, body: str, link: str = "", now: datetime | None = None
) -> bool:
    """Put a notice on the merchant's first page and queue its e-mail, once per (merchant, key); whether it is new.

    Part of the caller's transaction. `link` is an address within the platform.
    """
    at = now or timezone.now()
    row = Notice(
        region_id=merchant.region_id,
        merchant=merchant,
        key=key,
        title=title,
        body=body,
        link=link,
        published_at=at,
        mail_after=at,
    )
    Notice.objects.bulk_create([row], ignore_conflicts=True)
    return Notice.objects.filter(pk=row.pk).exists()


def publish_notice(notice: Notice, *, by: User) -> None:
    """Publish what the secretariat wrote, to one merchant or to all of the region, with e-mails from its time on."""
    notice.created_by = by
    notice.mail_after = notice.published_at
    notice.save()


def current_notices(
    merchants: Iterable[Merchant], *, private_to: Iterable[Merchant], now: datetime | None = None
) -> QuerySet[Notice]:
    """What the people of these merchants are to be shown at the moment, newest first.

    What is for one merchant alone is about its money and its account, so only `private_to` are shown theirs.
    """
    at = now or timezone.now()
    regions = {merchant.region_id for merchant in merchants}
    to_them = Q(merchant__in=list(private_to)) | Q(merchant__isnull=True, region__in=regions)
    still = Q(until_at__isnull=True) | Q(until_at__gt=at)
    return Notice.objects.filter(to_them, still, published_at__lte=at)


def mail_notices(*, now: datetime | None = None) -> int:
    """Send the e-mails of notices that are due, a batch of them; return how many notices were sent."""
    return mail_due(Notice.objects.select_related("merchant", "region"), _mail, now=now)


def _mail(notice: Notice) -> None:
    where = f"{settings.PUBLIC_URL.rstrip('/')}{notice.link or '/portal/'}"
    body = f"{notice.body}\n\n{where}\n\n{notice.region.name} {notice.region.contact_name}\n"
    send_each(notice.title, body, sorted(_addresses(notice)))


def _addresses(notice: Notice) -> set[str]:
    merchants = Merchant.objects.in_region(notice.region)
    if notice.merchant_id:
        merchants = merchants.filter(pk=notice.merchant_id)
    contacts = merchants.exclude(contact_email="").values_list("contact_email", flat=True)
    owners = MerchantMember.objects.filter(merchant__in=merchants, role=MemberRole.OWNER, user__is_active=True)
    return {*contacts, *owners.exclude(user__email=None).values_list("user__email", flat=True)}
