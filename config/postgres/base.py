"""Django's PostgreSQL backend, with a health check that asks the socket and not the server."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """As Django's; only finding out whether a kept connection still lives costs no round trip."""

    def is_usable(self) -> bool:
        """Whether the server has kept the connection open: an idle one has nothing to read but its end."""
        if self.connection is None or self.connection.closed:
            return False
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        # Something to read is most likely the end; what else it may be, the server is asked.
        return not poll.poll(0) or super().is_usable()
