"""The workers' application. A message is a nudge: the rows are the queue."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# Checking them would load every page; the web and `manage.py check` do.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

app = Celery("hansatsu")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
