"""Loads the demo's data, once."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.demo.load import load_demo, register_all


class Command(BaseCommand):
    help = "Loads three demo towns with residents, shops and vouchers; refuses where DEBUG is off."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("demo sign-ins have a published password: refused, because DEBUG is off")
        loaded = load_demo(self.stdout.write)
        register_all(self.stdout.write)
        self.stdout.write("demo data loaded" if loaded else "demo data was there already")
