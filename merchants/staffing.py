"""People who begin to work for a merchant, and who cease to: the portal opens and closes for them."""

from django.db import transaction

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
    """Close the merchant's stores to the person; the role in the region ends with the last merchant there."""
    region_id = member.merchant.region_id
    user = member.user
    member.delete()
    if not MerchantMember.objects.filter(user=user, merchant__region_id=region_id).exists():
        Membership.objects.filter(user=user, region_id=region_id, role=Role.SHOP).delete()
