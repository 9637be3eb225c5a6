"""People invited by e-mail to work for a merchant: one link, one use, seven days."""

from datetime import datetime, timedelta
from uuid import UUID

from allauth.account.models import EmailAddress
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from merchants.errors import InvitationUnknown, InvitedSomebodyElse, WorksThereAlready
from merchants.models import Invitation, MemberRole, Merchant, MerchantMember
from merchants.staffing import add_member
from regions.models import Region, User

VALID_FOR = timedelta(days=7)
_signer = Signer(salt="invitation to a merchant")


@transaction.atomic
def invite(
    *, merchant: Merchant, email: str, role: MemberRole, by: User | None, now: datetime | None = None
) -> Invitation:
    """Send a link to the address; an earlier one to the same address does not work any more.

    Locks the merchant. Raise WorksThereAlready.
    """
    at = now or timezone.now()
    address = email.strip().lower()
    Merchant.objects.select_for_update().get(pk=merchant.pk)
    if MerchantMember.objects.filter(merchant=merchant, user__email__iexact=address).exists():
        raise WorksThereAlready
    open_invitations(at=None).filter(merchant=merchant, email=address).update(cancelled_at=at)
    return Invitation.objects.create(
        region_id=merchant.region_id,
        merchant=merchant,
        email=address,
        role=role,
        invited_by=by,
        invited_at=at,
        expires_at=at + VALID_FOR,
        mail_after=at,
    )


def invitation_path(invitation: Invitation) -> str:
    """The address within the platform that the e-mail carries."""
    return reverse("invitation", args=[invitation.region.slug, _signer.sign(invitation.pk.hex)])


def find_invitation(*, region: Region, key: str, now: datetime | None = None) -> Invitation:
    """The invitation that the link belongs to, while it can be accepted; raise InvitationUnknown."""
    try:
        invitation_id = UUID(_signer.unsign(key))
    except (BadSignature, ValueError) as problem:
        raise InvitationUnknown from problem
    found = open_invitations(at=now or timezone.now()).filter(region=region, pk=invitation_id)
    invitation: Invitation | None = found.select_related("merchant__region").first()
    if invitation is None:
        raise InvitationUnknown
    return invitation


@transaction.atomic
def accept_invitation(*, region: Region, key: str, user: User, now: datetime | None = None) -> MerchantMember:
    """Let the person in, once. Raise InvitationUnknown or InvitedSomebodyElse, with nobody let in."""
    at = now or timezone.now()
    invitation = find_invitation(region=region, key=key, now=at)
    if (user.email or "").lower() != invitation.email:
        raise InvitedSomebodyElse
    # Of two that press at once, one finds the row as it was; the other has come too late.
    used = open_invitations(at=at).filter(pk=invitation.pk).update(accepted_at=at, accepted_by=user)
    if not used:
        raise InvitationUnknown
    # Who holds the link reads the mail of this address: that proves it as well as a code would.
    EmailAddress.objects.filter(user=user, email__iexact=invitation.email).update(verified=True)
    return add_member(merchant=invitation.merchant, user=user, role=MemberRole(invitation.role))


def cancel_invitation(invitation: Invitation, *, now: datetime | None = None) -> bool:
    """Make its link useless; whether it was still open."""
    return bool(open_invitations(at=None).filter(pk=invitation.pk).update(cancelled_at=now or timezone.now()))


def open_invitations(*, at: datetime | None) -> QuerySet[Invitation]:
    """Those that nobody has used or cancelled; with a time, only those that are still valid then."""
    still = Q(expires_at__gt=at) if at else Q()
    return Invitation.objects.filter(still, accepted_at__isnull=True, cancelled_at__isnull=True)
