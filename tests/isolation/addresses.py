"""Every address pattern of the project, found by walking the resolver, so that none can be forgotten."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern
from django.utils.regex_helper import normalize

CONVERTER = re.compile(r"<(?:\w+:)?(?P<name>\w+)>")


@dataclass(frozen=True, slots=True)
class Address:
    """One pattern: its name with namespaces, and the address as a template, as in `/%(region)s/pay/`."""

    name: str
    template: str
    parameters: tuple[str, ...]

    @property
    def area(self) -> str:
        """The part of the site that it belongs to."""
        first = self.template.strip("/").split("/")[0]
        return first if first in AREAS else PAGES

    def fill(self, values: dict[str, str]) -> str:
        return self.template % {name: values[name] for name in self.parameters}


PAGES = "pages"
ADMIN_SITES = ("staff", "portal")
OTHER_DOORS = ("api", "accounts", "_allauth", PAGES)
AREAS = (*ADMIN_SITES, *OTHER_DOORS)


def all_addresses() -> list[Address]:
    return list(_walk(get_resolver().url_patterns, "/", ()))


def _walk(patterns: Sequence[Any], prefix: str, namespaces: tuple[str, ...]) -> Iterator[Address]:
    for entry in patterns:
        template = prefix + _template(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = (*namespaces, entry.namespace) if entry.namespace else namespaces
            yield from _walk(entry.url_patterns, template, inner)
        elif isinstance(entry, URLPattern):
            name = ":".join((*namespaces, entry.name or template))
            yield Address(name, template, tuple(re.findall(r"%\((\w+)\)s", template)))


def _template(pattern: Any) -> str:
    if isinstance(pattern, RoutePattern):
        return CONVERTER.sub(r"%(\g<name>)s", str(pattern).replace("%", "%%"))
    # Django's own way from a regular expression to an address that it matches.
    [(template, _parameters), *_others] = normalize(pattern.regex.pattern)
    return template
