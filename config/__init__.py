"""The composition root: settings, urls, celery, the local stack."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
