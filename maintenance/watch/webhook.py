"""A message posted to the address that an office has given: JSON with `text`, as chat services read it."""

from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

WITHIN = 5.0


class NoRedirects(HTTPRedirectHandler):
    """A message goes to the address that was given, and to no other."""

    def redirect_request(self, *_arguments: object) -> None:
        return None


def post(url: str, body: bytes) -> None:
    """Raise OSError (HTTPError among them) unless it was taken with a 2xx within a few seconds."""
    if not url.startswith(("https://", "http://")):
        raise ValueError(url)
    request = Request(url, data=body, headers={"Content-Type": "application/json; charset=utf-8"})  # noqa: S310 http only
    with build_opener(NoRedirects).open(request, timeout=WITHIN) as response:
        if not 200 <= response.status < 300:
            raise HTTPError(url, response.status, "not taken", response.headers, None)
