"""The notary as a Django app; installed in the notary's own process only."""

from django.apps import AppConfig


class NotaryConfig(AppConfig):
    name = "notary"
    default_auto_field = "django.db.models.BigAutoField"
