"""The secretariat's and the operators' admin site; rooms above register what they bring with it."""

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest

from regions.access import staffed_regions
from regions.admin_base import Standing
from regions.admin_site import HouseSite
from regions.models import Region, User


class StaffSite(HouseSite):
    """Hands out regions: their own to a secretariat, all of them to operators."""

    settings_name = "UNFOLD_STAFF"
    standing_of_members = Standing.SECRETARIAT

    def find_scope(self, user: Any) -> Iterable[Region]:
        return staffed_regions(user)

    def standing(self, request: HttpRequest) -> Standing | None:
        user = request.user
        # An operator enters an empty platform too: somebody has to make its first region.
        if isinstance(user, User) and user.is_active and user.is_operator:
            return Standing.OPERATOR
        return super().standing(request)

    def time_zone(self, request: HttpRequest) -> ZoneInfo:
        regions = self.scope(request)
        return regions[0].tz if regions else ZoneInfo(settings.TIME_ZONE)


staff_site = StaffSite(name="staff")
