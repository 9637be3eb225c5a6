"""Rehearsed incidents: a whole stack, real faults, residents who pay all the time, and a table of what came of it.

    scenarios    the table of drills: what breaks, where, and what must be noticed
    stack        the platform with a second notary behind a network that fails on command
    app, load    residents with the app, who pay so many times per second
    detection    when the platform knew which regions were affected, by what, and told whom
    rehearsal    one drill from calm to calm, and everything that was seen
    bars, table  what is wanted of each figure, and how it is printed

Nothing here is imported by the platform itself.
"""
