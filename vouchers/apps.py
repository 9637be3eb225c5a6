from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VouchersConfig(AppConfig):
    name = "vouchers"
    verbose_name = _("Vouchers")

    def ready(self) -> None:
        # The words of this room's messages, and what two people agree on here, wherever it is decided.
        import_module("vouchers.order_messages")
        import_module("vouchers.desk")
        import_module("vouchers.grants.messages")
        import_module("vouchers.grants.lists")
        # The words of this room's messages, and what two people may do here, wherever they are asked for.
        import_module("vouchers.application_messages")
        import_module("vouchers.draw_steps")
