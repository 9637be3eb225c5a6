"""What every page knows of its region."""

from typing import Any

from django.http import HttpRequest

from regions.access import region_of_request


def region(request: HttpRequest) -> dict[str, Any]:
    return {"region": region_of_request(request)}
