"""The link that stops a change of account without signing in: whoever reads the old address may do that."""

from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from merchants.models import BankAccount
from regions.models import Region

_signer = Signer(salt="stop a change of account")


def stop_link(account: BankAccount) -> str:
    """The address within the platform; it works for as long as the change can be stopped."""
    return reverse("account-stop", args=[account.region.slug, _signer.sign(account.pk.hex)])


def account_of_link(region: Region, key: str) -> BankAccount | None:
    """The account of the region that the link was made for, or none."""
    try:
        account_id = UUID(_signer.unsign(key))
    except (BadSignature, ValueError):
        return None
    found: BankAccount | None = (
        BankAccount.objects.in_region(region).filter(pk=account_id).select_related("merchant").first()
    )
    return found
