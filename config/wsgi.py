"""The web process."""

import os

from django.core.wsgi import get_wsgi_application

from config.lifeline import tie_to_server

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# The server starts its workers from a process of its own; they end with it, however it ends.
tie_to_server()

application = get_wsgi_application()
