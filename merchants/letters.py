"""E-mails to people who are not in the portal yet: applicants, and who is invited. The rows are the queue."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from merchants.invitations import invitation_path, open_invitations
from merchants.joining.links import application_path
from merchants.models import ApplicationStep, Invitation
from regions.mailing import mail_due, send_each
from regions.models import Region


def mail_letters(*, now: datetime | None = None) -> int:
    """Send the e-mails that are due, a batch of each kind; return how many were sent."""
    steps = ApplicationStep.objects.select_related("application__region")
    invitations = open_invitations(at=None).select_related("merchant", "region")
    return mail_due(steps, _mail_step, now=now) + mail_due(invitations, _mail_invitation, now=now)


def _mail_step(step: ApplicationStep) -> None:
    application = step.application
    context = {
        "application": application,
        "step": step,
        "link": _public(application_path(application)),
        "portal": _public(reverse("portal:index")),
    }
    _send(application.region, application.contact_email, "application", context, application.language)


def _mail_invitation(invitation: Invitation) -> None:
    context = {"invitation": invitation, "link": _public(invitation_path(invitation))}
    _send(invitation.region, invitation.email, "invitation", context, settings.LANGUAGE_CODE)


def _send(region: Region, to: str, letter: str, context: dict[str, Any], language: str) -> None:
    """The first line of the letter's template is the subject."""
    with translation.override(language), timezone.override(region.tz):
        text = render_to_string(f"merchants/mail/{letter}.txt", {**context, "region": region}).strip()
    subject, _blank, body = text.partition("\n")
    send_each(subject.strip(), body.strip() + "\n", [to])


def _public(path: str) -> str:
    public: str = settings.PUBLIC_URL
    return public.rstrip("/") + path
