"""How fast it is: a whole stack with real processes, a load that tells what it takes itself, and bars.

    benches            the table of benches
    stack, town        the platform as it is measured, and the town that pays
    generator, load    clients in a process of their own
    limits             what the database alone can do with the same minimal SQL
    processes, rounds  what the processes use; rounds of measurement
    figures, table     samples, medians and bars, and how they are printed

Nothing here is imported by the platform itself.
"""
