"""Housekeeping that beat starts; nothing breaks if it comes late or twice."""

from celery import shared_task
from django.core.management import call_command

from regions import inbox


@shared_task(name="regions.clear_sessions")
def clear_sessions() -> None:
    call_command("clearsessions")


@shared_task(name="regions.mail_messages")
def mail_messages() -> None:
    inbox.mail_messages()
