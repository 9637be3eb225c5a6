"""What the API views of a caller's own wallet share."""

from uuid import UUID

from django.http import Http404

from regions.api import RegionAPIView
from regions.prepared import fetch

WALLET = """
    SELECT wallet.id FROM vouchers_wallet AS wallet JOIN regions_resident AS resident ON resident.id = resident_id
    WHERE resident.region_id = %s AND resident.user_id = %s
"""


class WalletAPIView(RegionAPIView):
    """A view below `/api/v1/regions/{region}/` that shows or spends what the caller has there."""

    def wallet_id(self) -> UUID:
        """The caller's wallet in this region; raise Http404 for who has none here."""
        rows = fetch(WALLET, [self.region.pk, self.user.pk])
        if not rows:
            raise Http404
        wallet_id: UUID = rows[0][0]
        return wallet_id
