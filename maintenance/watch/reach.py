"""How far a plain question to a notary comes: told apart from what the notary itself has to decide."""

import socket
import time
from http.client import HTTPConnection, HTTPException, HTTPSConnection, RemoteDisconnected
from urllib.parse import urlsplit

from maintenance.watch.observation import Reach

WITHIN = 1.0
# A question that asks for nothing is answered in a few milliseconds.
SLOW = 0.6


def reach(url: str) -> Reach:
    """Ask `/livez` at the notary's address, within a second in all but for one slow byte after another."""
    address = urlsplit(url)
    connect = HTTPSConnection if address.scheme == "https" else HTTPConnection
    connection = connect(address.hostname or "", address.port, timeout=WITHIN)
    began = time.monotonic()
    try:
        connection.connect()
        connection.sock.settimeout(WITHIN)
        connection.request("GET", "/livez", headers={"Connection": "close"})
        connection.getresponse().read(64)
    except ConnectionRefusedError:
        return Reach.REFUSED
    except RemoteDisconnected:
        return Reach.CLOSED
    except (TimeoutError, socket.gaierror):
        return Reach.SILENT
    except (OSError, HTTPException):
        return Reach.BROKEN
    finally:
        connection.close()
    return Reach.SLOW if time.monotonic() - began > SLOW else Reach.ANSWERS


def over(seen: list[Reach]) -> Reach:
    """One word for what was seen in the last seconds: a process that is down now, else the worst of it."""
    if not seen:
        return Reach.SILENT
    if seen[-1] in (Reach.REFUSED, Reach.CLOSED):
        return seen[-1]
    return next(
        (word for word in (Reach.SILENT, Reach.BROKEN, Reach.CLOSED, Reach.SLOW) if word in seen), Reach.ANSWERS
    )
