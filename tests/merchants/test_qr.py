"""A till's QR code, read by a reader that is not ours."""

import cv2
import numpy as np
import pytest

from merchants.qr import qr_png, till_address
from tests.factories import Town

pytestmark = pytest.mark.django_db


# OpenCV's older detector reads about one code in fifty not at all, whatever its size; these are of that kind.
HARD_TO_READ = ["777RSRQK", "27H2SCHD", "NQ6K75NX", "SUSFDXWT"]


@pytest.mark.parametrize("code", [None, *HARD_TO_READ])
def test_the_code_opens_the_tills_page(code: str | None) -> None:
    till = Town().till
    till.code = code or till.code
    picture = cv2.imdecode(np.frombuffer(qr_png(till_address(till)), np.uint8), cv2.IMREAD_GRAYSCALE)

    text, _points, _straight = cv2.QRCodeDetectorAruco().detectAndDecode(picture)

    assert text == till_address(till)
    assert text.endswith(f"/{till.region.slug}/pay/{till.code}/")
