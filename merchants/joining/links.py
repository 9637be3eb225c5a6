"""The private link to an application: whoever holds it may see it, correct it and withdraw it."""

from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from merchants.errors import ApplicationUnknown
from merchants.models import JoinApplication
from regions.models import Region

_signer = Signer(salt="application to take part")


def application_path(application: JoinApplication) -> str:
    """The address of its page within the platform."""
    return reverse("join-application", args=[application.region.slug, application_key(application)])


def application_key(application: JoinApplication) -> str:
    return _signer.sign(application.pk.hex)


def find_application(*, region: Region, key: str) -> JoinApplication:
    """The region's application that the link was made for; raise ApplicationUnknown."""
    try:
        application_id = UUID(_signer.unsign(key))
    except (BadSignature, ValueError) as problem:
        raise ApplicationUnknown from problem
    found: JoinApplication | None = (
        JoinApplication.objects.in_region(region).filter(pk=application_id).select_related("region").first()
    )
    if found is None:
        raise ApplicationUnknown
    return found
