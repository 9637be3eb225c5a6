"""The notary's WSGI application, as its worker processes load it."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from notary.processes import die_with_server

die_with_server()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "notary.settings")

application = get_wsgi_application()
# Now, and not at the first request: a worker that is misconfigured must not start.
get_resolver().url_patterns  # noqa: B018
