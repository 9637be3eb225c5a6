#!/usr/bin/env python
"""Entry point of every management command.

The notary is a service of its own: its command runs on its own settings and database.
"""

import os
import sys

NOTARY_COMMANDS = {"notary"}


def main() -> None:
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    settings = "notary.settings" if command in NOTARY_COMMANDS else "config.settings"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings)

    # Django reads the settings as it is imported, so it comes after the choice above.
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
