"""The resolver, in the foreground."""

import signal
from typing import Any

from django.core.management.base import BaseCommand

from payments.resolver import Resolver


class Command(BaseCommand):
    # They would load every page; the web does them.
    requires_system_checks = []
    help = "Finishes payments in doubt until it is stopped; needs PostgreSQL and the notary, nothing else."

    def handle(self, *_args: Any, **_options: Any) -> None:
        resolver = Resolver()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: resolver.stop())
        resolver.run()
