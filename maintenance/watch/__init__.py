"""The watchman: looks at everything that a payment needs, and opens and closes incidents by itself.

It is a process of its own and relies on nothing that it watches: what it knows of regions and of whom to
tell it keeps in memory, and an incident is written down when there is a database to write to.
"""
