"""People who begin to work for a merchant, and who cease to: the portal opens and closes for them."""

from django.db import transaction

from merchants.errors import LastOwner
from merchants.models import MemberRole, Merchant, MerchantMember
from regions.models import Membership, Role, User


@transaction.atomic
def add_member(*, merchant: Merchant, user: User, role: MemberRole = MemberRole.OWNER) -> MerchantMember:
    """Let the person into the portal with this merchant's stores. Idempotent: who is there keeps their role."""
    Membership.objects.get_or_create(user=user, region_id=merchant.region_id, role=Role.SHOP)
    member, _made = MerchantMember.objects.get_or_create(merchant=merchant, user=user, defaults={"role": role})
    return member


@transaction.atomic
def remove_member(member: MerchantMember) -> None:
    """Close the merchant's stores to the person; the role in the region ends with the last merchant there.

    Locks the merchant. Raise LastOwner, with nobody removed, where nobody could decide for the business any more.
    """
    merchant = Merchant.objects.select_for_update().get(pk=member.merchant_id)
    if is_last_owner(member):
        raise LastOwner
    user = member.user
    member.delete()
    if not MerchantMember.objects.filter(user=user, merchant__region_id=merchant.region_id).exists():
        Membership.objects.filter(user=user, region_id=merchant.region_id, role=Role.SHOP).delete()


def is_last_owner(member: MerchantMember) -> bool:
    """Whether nobody else may decide for the business."""
    owners = MerchantMember.objects.filter(merchant=member.merchant_id, role=MemberRole.OWNER)
    return member.role == MemberRole.OWNER and not owners.exclude(pk=member.pk).exists()
