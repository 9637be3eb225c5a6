"""Database addresses made from one another."""

from urllib.parse import quote, urlsplit


def at_database(url: str, name: str) -> str:
    """The same server and role, another database."""
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def as_superuser(url: str, password: str) -> str:
    """The same server, entered by its superuser."""
    parts = urlsplit(url)
    return parts._replace(netloc=f"postgres:{quote(password)}@{parts.hostname}:{parts.port}", path="/postgres").geturl()
