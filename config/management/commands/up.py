"""`manage.py up`: the whole platform on one machine, with nothing installed before."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.env import read_env
from config.stack.console import Console
from config.stack.errors import CannotStart
from config.stack.launch import launch
from config.stack.request import read_request


class Command(BaseCommand):
    help = (
        "Start PostgreSQL, Redis, the notary, the web, the worker, the resolver and beat; "
        "stop them all at Ctrl-C. What DATABASE_URL, NOTARY_DATABASE_URL, REDIS_URL or NOTARY_URL "
        "name is used instead of an embedded server."
    )
    # The checks need a database, and there is none yet.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, help="of the web (0: any free one; else PORT, else 8000)")
        parser.add_argument("--var", help="directory of data, secrets and logs (else HANSATSU_VAR, else var/)")
        parser.add_argument("--no-demo", action="store_true", help="load no demo regions")
        parser.add_argument("--json", action="store_true", help="print one line of JSON when ready, and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        env = read_env()
        try:
            request = read_request(env, port=options["port"], var=options["var"], with_demo=not options["no_demo"])
            launch(request, env, Console(as_json=options["json"]))
        except CannotStart as failure:
            raise CommandError(str(failure)) from failure
