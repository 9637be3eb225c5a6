"""The workers' application. A message is a nudge: the rows are the queue."""

import os

from celery import Celery
from celery.signals import task_prerun
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# Checking them would load every page; the web and `manage.py check` do.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

app = Celery("hansatsu")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@task_prerun.connect
def _let_go_of_broken_connections(**_facts: object) -> None:
    """Connections are kept between tasks; one that the server has closed is replaced before the next."""
    close_old_connections()
