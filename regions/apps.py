from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegionsConfig(AppConfig):
    name = "regions"
    verbose_name = _("Regions and people")

    def ready(self) -> None:
        # Found by being imported, and only after the settings are there.
        import_module("regions.schema")
