"""A till's QR code, read by a reader that is not ours."""

import cv2
import numpy as np
import pytest

from merchants.qr import qr_png, till_address
from tests.factories import Town

pytestmark = pytest.mark.django_db


def test_the_code_opens_the_tills_page() -> None:
    till = Town().till
    picture = cv2.imdecode(np.frombuffer(qr_png(till_address(till)), np.uint8), cv2.IMREAD_GRAYSCALE)

    text, _points, _straight = cv2.QRCodeDetector().detectAndDecode(picture)

    assert text == till_address(till)
    assert text.endswith(f"/{till.region.slug}/pay/{till.code}/")
