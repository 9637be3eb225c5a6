"""A region's rules of joining, whether anybody has written them down or not."""

from merchants.models import JoiningRules
from regions.models import Region


def joining_rules(region: Region) -> JoiningRules:
    """The region's rules, or the usual ones."""
    found: JoiningRules | None = JoiningRules.objects.filter(region=region).first()
    return found or JoiningRules(region=region)
