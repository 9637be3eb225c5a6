from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        # Registers the checks of the settings.
        from config import checks  # noqa: F401, PLC0415
