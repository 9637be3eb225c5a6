"""Who belongs where: regions, people and their roles, and what people ask each other for and are told."""

from regions.models.approval import Approval, ApprovalState
from regions.models.message import Message
from regions.models.people import Membership, Resident, Role, User, UserManager
from regions.models.region import NotaryCluster, OutagePolicy, Region, RegionQuerySet, validate_time_zone

__all__ = [
    "Approval",
    "ApprovalState",
    "Membership",
    "Message",
    "NotaryCluster",
    "OutagePolicy",
    "Region",
    "RegionQuerySet",
    "Resident",
    "Role",
    "User",
    "UserManager",
    "validate_time_zone",
]
