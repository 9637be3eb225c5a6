"""When a drill says that the platform knew: exactly the affected regions, and the right cause."""

from maintenance.drill.detection import Expected, Incident, Noticed, Sight, _from_incidents, _from_sights

KASHIMA = Expected(frozenset({"kashima"}), ("notary", "network"))
SINCE = 1000.0


def test_from_the_status_page_the_first_moment_with_exactly_the_regions_counts() -> None:
    sights = [
        # Before the fault began it was something else.
        Sight(999.0, frozenset({"kashima"})),
        Sight(1001.0, frozenset()),
        Sight(1002.0, frozenset({"kashima", "shiosai"})),
        Sight(1003.0, frozenset({"kashima"})),
    ]

    assert _from_sights(sights, SINCE, KASHIMA) == Noticed(regions=3.0, wrongly=frozenset({"shiosai"}))


def test_from_incidents_regions_and_cause_must_be_right_together() -> None:
    incidents = [
        Incident(1002.0, "database", 1002.5, ["kashima", "shiosai"]),
        Incident(1003.0, "nothing_found", 1004.0, ["kashima"]),
        Incident(1005.0, "notary", 1006.0, ["kashima"]),
    ]

    found = _from_incidents(incidents, SINCE, KASHIMA)

    assert found == Noticed(regions=3.0, cause=5.0, staff_told=4.0, wrongly=frozenset({"shiosai"}), has_incidents=True)


def test_no_incident_is_nothing_noticed() -> None:
    assert _from_incidents([], SINCE, KASHIMA) == Noticed(has_incidents=True)
