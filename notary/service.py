"""Put the service together from its settings; fail loudly where one is missing or unsafe."""

import re

from django.conf import settings

from notary.admission import Admission
from notary.client.mac import MIN_KEY_LENGTH
from notary.client.values import PublicKey
from notary.decisions import Decisions
from notary.errors import Misconfigured
from notary.gate import Gate
from notary.sealing import Signer, public_key_from_pem
from notary.stores.postgres import PostgresStore
from notary.views import Api

PLATFORM_NAME = re.compile(r"[a-z0-9-]{1,40}")
PEM_PUBLIC_KEY = re.compile(r"-----BEGIN PUBLIC KEY-----.*?-----END PUBLIC KEY-----", re.DOTALL)


def api_from_settings() -> Api:
    """The API over the default database, or Misconfigured."""
    signer = Signer.from_pem(settings.NOTARY_SIGNING_KEY)
    return Api(
        decisions=Decisions(PostgresStore(), signer),
        gate=Gate(read_platforms(settings.NOTARY_PLATFORMS)),
        admission=Admission(settings.NOTARY_CALLS_MAX),
        keys=(signer.public, *read_retired_keys(settings.NOTARY_RETIRED_KEYS)),
    )


def read_platforms(text: str) -> dict[str, bytes]:
    """Keys by platform from `name=secret,name=secret`; raise Misconfigured if one is short or shared."""
    platforms: dict[str, bytes] = {}
    for item in filter(None, map(str.strip, text.split(","))):
        name, _, secret = item.partition("=")
        if not PLATFORM_NAME.fullmatch(name) or name in platforms:
            raise Misconfigured("a platform's name is a-z, 0-9 and hyphens, and stands once")
        if len(secret) < MIN_KEY_LENGTH:
            raise Misconfigured(f"the key of platform {name} has fewer than {MIN_KEY_LENGTH} characters")
        platforms[name] = secret.encode()
    if not platforms:
        raise Misconfigured("no platform is named")
    if len(set(platforms.values())) < len(platforms):
        raise Misconfigured("two platforms share a key")
    return platforms


def read_retired_keys(text: str) -> tuple[PublicKey, ...]:
    """Public keys that signed in earlier years, from their PEMs one after the other."""
    pems = PEM_PUBLIC_KEY.findall(text)
    if text.strip() and not pems:
        raise Misconfigured("the retired keys hold no PEM of a public key")
    return tuple(public_key_from_pem(pem) for pem in pems)
