"""When a drill says that the platform knew: exactly the affected regions, and the right cause."""

from maintenance.drill.detection import Expected, Incident, Noticed, from_incidents

KASHIMA = Expected(frozenset({"kashima"}), ("notary", "network"))
SINCE = 1000.0


def test_from_incidents_regions_and_cause_must_be_right_together() -> None:
    incidents = [
        Incident(1002.0, "database", 1002.0, 1002.5, ["kashima", "shiosai"]),
        Incident(1003.0, "unknown", None, 1004.0, ["kashima"]),
        Incident(1005.0, "notary", 1005.0, 1006.0, ["kashima"]),
    ]

    found = from_incidents(incidents, SINCE, KASHIMA)

    assert found == Noticed(regions=3.0, cause=5.0, staff_told=4.0, wrongly=frozenset({"shiosai"}))


def test_a_cause_counts_from_when_it_was_named_and_not_from_when_the_incident_began() -> None:
    found = from_incidents([Incident(1002.0, "notary", 1009.0, 1002.5, ["kashima"])], SINCE, KASHIMA)

    assert (found.regions, found.cause) == (2.0, 9.0)


def test_no_incident_is_nothing_noticed() -> None:
    assert from_incidents([], SINCE, KASHIMA) == Noticed()
