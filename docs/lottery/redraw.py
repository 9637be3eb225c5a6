#!/usr/bin/env python3
"""Draw a lottery of Hansatsu again, from what was published, on your own computer.

    python3 redraw.py list.txt SEED                     prints the result and its SHA-256
    python3 redraw.py list.txt SEED --out result.txt    writes it to a file, to compare with the published one
    python3 redraw.py list.txt SEED --number ABCDE-FGHJK   shows one application

It needs Python 3.9 or later and nothing else, and sends nothing anywhere.

1. The SHA-256 of list.txt must be the one that was published before the seed was known.
2. The seed must be the public number that the list itself names in its line `seed-source`.
3. The result's SHA-256 must be the published one.
"""

import argparse
import hashlib
import hmac
import sys


def place(seed, name):
    """The smaller this value, the earlier a ticket's turn."""
    return hmac.new(seed.encode("utf-8"), name.encode("utf-8"), hashlib.sha256).digest()


def read(content):
    """The facts at the head of the list, the stock of each unit, and the lines."""
    rows = [line.split("\t") for line in content.decode("utf-8").splitlines()]
    head = rows.index(["number", "unit", "asked", "household", "frame"])
    facts = {row[0]: row[1] for row in rows[:head] if row[0] != "stock"}
    stock = {row[1]: int(row[2]) for row in rows[:head] if row[0] == "stock"}
    lines = [(number, unit, int(asked), household) for number, unit, asked, household, _frame in rows[head + 1 :]]
    if facts["hansatsu-lottery-list"] != "1" or int(facts["lines"]) != len(lines):
        sys.exit("This is not a whole list of version 1.")
    return facts, stock, lines


def draw(facts, stock, lines, seed):
    """Units won by (number, unit)."""
    # A ticket is an application, or a household whose members are drawn as one.
    members = {}
    for number, unit, asked, household in lines:
        is_household = facts["draw-by"] == "household" and household != "-"
        members.setdefault(household if is_household else number, []).append((number, unit, asked))
    wishes = {}
    for ticket, own in members.items():
        for _number, unit, asked in own:
            wishes[ticket, unit] = wishes.get((ticket, unit), 0) + asked
    order = sorted(members, key=lambda ticket: place(seed, ticket))
    given = RULES[facts["rule"]](order, wishes, stock, seed)
    # Within a household the units go to one member after the other, in their own lottery order.
    won = {}
    for ticket, own in members.items():
        for number, unit, asked in sorted(own, key=lambda line: place(seed, line[0])):
            left = given.get((ticket, unit), 0)
            won[number, unit] = min(asked, left)
            given[ticket, unit] = left - won[number, unit]
    return won


def whole(order, wishes, stock, _seed):
    """A ticket gets all that it asks for, or nothing; the next one that fits gets what is left."""
    units = sorted(stock)
    left, given = dict(stock), {}
    for ticket in order:
        own = {unit: wishes[ticket, unit] for unit in units if (ticket, unit) in wishes}
        if all(wish <= left[unit] for unit, wish in own.items()):
            for unit, wish in own.items():
                left[unit] -= wish
                given[ticket, unit] = wish
    return given


def reduced(order, wishes, stock, _seed):
    """In order each ticket gets what it asks for; the last one gets what is left."""
    left, given = dict(stock), {}
    for ticket in order:
        for unit in stock:
            given[ticket, unit] = min(wishes.get((ticket, unit), 0), left[unit])
            left[unit] -= given[ticket, unit]
    return given


def even_cap(order, wishes, stock, _seed):
    """Everybody's limit is lowered evenly as far as needed; the rest goes one each, in order."""
    given = {}
    for unit in stock:
        own = {ticket: wishes[ticket, unit] for ticket in order if (ticket, unit) in wishes}
        cap = max(own.values(), default=0)
        # Halve the search for the greatest limit that the stock is enough for.
        low, high = 0, cap
        while low < high:
            middle = (low + high + 1) // 2
            if sum(min(wish, middle) for wish in own.values()) <= stock[unit]:
                low = middle
            else:
                high = middle - 1
        left = stock[unit]
        for ticket, wish in own.items():
            given[ticket, unit] = min(wish, low)
            left -= given[ticket, unit]
        for ticket, wish in own.items():
            if left > 0 and wish > low:
                given[ticket, unit] += 1
                left -= 1
    return given


def trimmed(_order, wishes, stock, seed):
    """Every single unit that is asked for is drawn by itself."""
    given = {}
    for unit in stock:
        singles = [
            (place(seed, f"{ticket}/{k}"), ticket)
            for (ticket, wanted), wish in wishes.items()
            if wanted == unit
            for k in range(1, wish + 1)
        ]
        for _place, ticket in sorted(singles)[: stock[unit]]:
            given[ticket, unit] = given.get((ticket, unit), 0) + 1
    return given


RULES = {"whole": whole, "reduced": reduced, "even_cap": even_cap, "trimmed": trimmed}


def result(content, seed):
    """The result as the bytes of the published file."""
    facts, stock, lines = read(content)
    won = draw(facts, stock, lines, seed)
    text = [
        "hansatsu-lottery-result\t1",
        "list\t" + hashlib.sha256(content).hexdigest(),
        "seed\t" + seed,
        "number\tunit\tasked\twon",
        *(f"{number}\t{unit}\t{asked}\t{won[number, unit]}" for number, unit, asked, _household in lines),
    ]
    return ("\n".join(text) + "\n").encode("utf-8")


def main():
    parser = argparse.ArgumentParser(description="Draw a lottery again from its published list and seed.")
    parser.add_argument("list", help="the published list, a text file")
    parser.add_argument("seed", help="the public number that became the seed, exactly as it was published")
    parser.add_argument("--out", help="write the result to this file")
    parser.add_argument("--number", help="show only the application with this number")
    options = parser.parse_args()
    with open(options.list, "rb") as file:
        content = file.read()
    drawn = result(content, options.seed)
    print("SHA-256 of the list:  ", hashlib.sha256(content).hexdigest())
    print("SHA-256 of the result:", hashlib.sha256(drawn).hexdigest())
    if options.out:
        with open(options.out, "wb") as file:
            file.write(drawn)
    elif options.number:
        own = [line for line in drawn.decode("utf-8").splitlines() if line.split("\t")[0] == options.number]
        print("\n".join(own) or "There is no application with this number on the list.")
    else:
        print(drawn.decode("utf-8"), end="")


if __name__ == "__main__":
    main()
