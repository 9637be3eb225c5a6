"""Who may come in: the caller's proof is checked before its body is read, and answers prove themselves."""

import hmac
import time
from collections.abc import Callable, Mapping
from hashlib import sha256

from django.http import HttpRequest, HttpResponse

from notary.client.mac import ANSWER_HEADER, Credentials, answer_proof
from notary.errors import TooLarge, Unauthenticated

MAX_BODY = 1024 * 1024


class Gate:
    """Knows the platforms and their keys. `clock` gives seconds since 1970."""

    def __init__(self, platforms: Mapping[str, bytes], clock: Callable[[], float] = time.time) -> None:
        self._platforms = platforms
        self._clock = clock

    def identify(self, request: HttpRequest) -> Credentials:
        """The caller's proven credentials, or TooLarge or Unauthenticated.

        Cheap to expensive, and no byte of the body is read before the caller is known to be a
        platform: the proof covers the body's hash, which is compared when the body is read.
        """
        if _content_length(request) > MAX_BODY:
            raise TooLarge(f"a body may have {MAX_BODY} bytes")
        credentials = Credentials.parse(request.headers.get("Authorization", ""))
        if credentials is None or not self._is_proven(credentials, request):
            raise Unauthenticated("the Authorization header proves no platform")
        return credentials

    def body(self, request: HttpRequest, credentials: Credentials) -> bytes:
        """The body that was proven, or Unauthenticated if it is another one."""
        if not hmac.compare_digest(sha256(request.body).hexdigest(), credentials.body_hash):
            raise Unauthenticated("the body is not the one that was proven")
        return request.body

    def prove(self, response: HttpResponse, credentials: Credentials) -> HttpResponse:
        """Let the answer prove that it is the notary's, and to this very request."""
        key = self._platforms[credentials.platform]
        response[ANSWER_HEADER] = answer_proof(key, credentials.mac, response.status_code, response.content)
        return response

    def _is_proven(self, credentials: Credentials, request: HttpRequest) -> bool:
        key = self._platforms.get(credentials.platform)
        return (
            key is not None
            and credentials.is_current(int(self._clock() * 1000))
            and credentials.proven_by(key, str(request.method), request.get_full_path())
        )


def _content_length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
