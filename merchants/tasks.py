"""What beat starts in this room; nothing breaks if it comes late or twice."""

from celery import shared_task

from merchants import letters, notices


@shared_task(name="merchants.mail_notices")
def mail_notices() -> None:
    notices.mail_notices()


@shared_task(name="merchants.mail_letters")
def mail_letters() -> None:
    letters.mail_letters()
