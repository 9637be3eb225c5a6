"""The watchman, in the foreground."""

import signal
from typing import Any

from django.core.management.base import BaseCommand

from maintenance.watch.watchman import Watchman


class Command(BaseCommand):
    # They would load every page; the web does them.
    requires_system_checks = []
    help = "Watches everything that a payment needs, and opens and closes incidents, until it is stopped."

    def handle(self, *_args: Any, **_options: Any) -> None:
        watchman = Watchman()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: watchman.stop())
        watchman.run()
