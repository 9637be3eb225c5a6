"""What every API view of a region shares: the region in the address, and whose rows it may show."""

from typing import Any

from django.http import Http404
from rest_framework.request import Request
from rest_framework.views import APIView

from regions.access import find_region
from regions.models import Region, User


class RegionAPIView(APIView):
    """A view below `/api/v1/regions/{region}/`: 404 where the region or the row is none of the caller's."""

    region: Region

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.region = find_region(kwargs["region"])

    @property
    def user(self) -> User:
        user = self.request.user
        if not isinstance(user, User):
            raise Http404
        return user
