"""The workers' application. A message is a nudge: the rows are the queue."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("hansatsu")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
