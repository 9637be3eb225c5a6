"""The list of grants as the command and the demo hand it in: agreed to by whoever runs it, carried out at once."""

from regions.csv_import import BadLine, ImportResult, LinesRejected, Progress
from regions.models import Region
from vouchers.errors import BudgetExceeded
from vouchers.grants.lists import HAD_ALREADY, Upload, drop, start, take_in
from vouchers.grants.running import OVER_BUDGET, run_list
from vouchers.models import EntitlementState, GrantList, ListState


def import_grants(
    *,
    region: Region,
    data: bytes,
    skip_bad: bool = False,
    file_name: str = "",
    progress: Progress = lambda _line: None,
) -> ImportResult:
    """Grant a voucher for each line of the file; a line that was granted before is left as it is.

    Killed halfway, it is finished by the workers. Raise NotReadable or LinesRejected, with nothing granted, or
    BudgetExceeded, with what went into the budget granted.
    """
    grant_list = take_in(Upload(region, data, file_name or "grants.csv", by=None))
    had = {str(words) for words in HAD_ALREADY.values()}
    bad = [BadLine(number, reason) for number, _who, reason in grant_list.left_out if reason not in had]
    if bad and not skip_bad:
        drop(grant_list)
        raise LinesRejected(bad)
    unchanged = len(grant_list.left_out) - len(bad)
    if not grant_list.rows_count:
        drop(grant_list)
        return ImportResult(unchanged=unchanged, bad=bad)
    start(grant_list.pk, from_state=ListState.PREVIEWED)
    run_list(grant_list.pk, progress=lambda done: progress(f"{done:,} / {grant_list.rows_count:,}"))
    grant_list.refresh_from_db()
    if grant_list.problem == OVER_BUDGET:
        raise BudgetExceeded(left=0, asked=_waiting(grant_list))
    return ImportResult(created=grant_list.rows_count, unchanged=unchanged, bad=bad)


def _waiting(grant_list: GrantList) -> int:
    rows = grant_list.entitlements.filter(state=EntitlementState.PROPOSED)
    return sum(rows.values_list("amount", flat=True))
