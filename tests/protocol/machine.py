"""The payment protocol as a game against the platform: any step at any time, and the invariants after each.

Two workers claim, ask and write in steps of their own, so that leases expire and resolvers run between
them; calls are cut, lost, delayed, doubled or slow; workers die; and at the end everything heals.
"""

import sys
from collections.abc import Callable, Sequence
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)

from notary.client.values import Void
from payments.claims import Claimed
from payments.errors import KeyReused, PaymentProblem
from tests.protocol.invariants import Memory, NotaryBooks, Violation, check, check_settled, require
from tests.protocol.network import Clock, Fault, Network
from tests.protocol.platform import TILLS, WALLETS, Answer, Books, Platform
from vouchers.errors import InsufficientBalance

SETTLED_WITHIN = 60.0

wallets = st.integers(0, WALLETS - 1)
tills = st.integers(0, len(TILLS) - 1)
amounts = st.sampled_from([1, 250, 700, 1000, 1500, 2400])
faults = st.lists(st.sampled_from([fault for fault in Fault if fault is not Fault.NONE]), min_size=1, max_size=2)
# A retry, a probe's pause, a lease, the patience, a voucher's life: and moments that are just past them.
seconds = st.sampled_from([0.25, 1.0, 2.0, 5.0, 10.0, 10.5, 30.0])
purchases = st.lists(st.tuples(wallets, tills, amounts), min_size=1, max_size=3)
numbers = st.integers(0, 20)
workers = st.sampled_from(["A", "B"])


class Worker:
    """A process that claims, asks and writes; what it knows dies with it."""

    def __init__(self) -> None:
        self.claimed: Sequence[Claimed] = ()
        self.answers: Sequence[Answer] = ()


def one_of(ready: Sequence[Worker], number: int) -> Worker:
    return ready[number % len(ready)]


class PaymentMachine(RuleBasedStateMachine):
    """Over the platform that `make` makes."""

    made = Bundle("made")
    given_back = Bundle("given_back")
    # Seconds between the resolver's rounds once all faults have ended.
    sweep_every = 1.0

    def __init__(self, make: Callable[[Clock, Network], Platform]) -> None:
        super().__init__()
        self._make = make
        self.workers = {"A": Worker(), "B": Worker()}
        self.requests: dict[UUID, tuple[int, int, int, str]] = {}
        self.keys = 0

    @initialize(skew=st.sampled_from([0.0, -3.0, 3.0]), accept=st.booleans())
    def begin(self, skew: float, accept: bool) -> None:
        self.clock = Clock()
        self.network = Network(self.clock, skew=skew)
        self.platform = self._make(self.clock, self.network)
        self.platform.set_policy(accept=accept)
        self.notary_books = NotaryBooks(self.network.store)
        self.memory = Memory()
        self.seen = self.platform.books()

    # People.

    @rule(target=made, wanted=purchases)
    def pay(self, wanted: list[tuple[int, int, int]]) -> object:
        paid = [self._pay(*purchase) for purchase in wanted]
        return multiple(*(payment for payment in paid if payment))

    @rule(payment=made)
    def pay_again_with_the_same_key(self, payment: UUID) -> None:
        try:
            again = self.platform.pay(*self.requests[payment])
        except (PaymentProblem, InsufficientBalance) as refused:
            raise Violation("7: the same key and body are never refused", payment) from refused
        require(again == payment, "7: the same key and body give the same payment", payment, again)
        self._nothing_moved()

    @rule(payment=made)
    def pay_something_else_with_the_same_key(self, payment: UUID) -> None:
        wallet, till, amount, key = self.requests[payment]
        try:
            other = self.platform.pay(wallet, till, amount + 1, key)
        except KeyReused:
            self._nothing_moved()
            return
        except (PaymentProblem, InsufficientBalance) as refused:
            raise Violation("7: the same key with another body is told so", payment) from refused
        raise Violation("7: the same key with another body is refused", payment, other)

    @rule(payment=made)
    def the_tills_budget_is_used_up(self, payment: UUID) -> None:
        self.platform.stand_for(payment)

    @rule(target=given_back, payment=made, amount=amounts)
    def refund(self, payment: UUID, amount: int) -> object:
        try:
            return self.platform.refund(payment, amount, self._new_key())
        except PaymentProblem:
            self._nothing_moved()
            return multiple()

    @rule(payment=made, amount=amounts)
    def refund_twice_with_the_same_key(self, payment: UUID, amount: int) -> None:
        key = self._new_key()
        try:
            first = self.platform.refund(payment, amount, key)
        except PaymentProblem:
            return
        require(self.platform.refund(payment, amount, key) == first, "7: the same key gives the same refund", payment)

    @rule(accept=st.booleans())
    def the_region_chooses(self, accept: bool) -> None:
        self.platform.set_policy(accept=accept)

    # Workers, a step at a time.

    @rule(name=workers)
    def a_worker_claims(self, name: str) -> None:
        worker = self.workers[name]
        worker.claimed, worker.answers = self.platform.claim(), ()

    @precondition(lambda self: self._with_claims())
    @rule(number=numbers)
    def a_worker_asks(self, number: int) -> None:
        worker = one_of(self._with_claims(), number)
        worker.claimed, worker.answers = (), self.platform.ask(worker.claimed)

    @precondition(lambda self: self._with_answers())
    @rule(number=numbers)
    def a_worker_writes(self, number: int) -> None:
        worker = one_of(self._with_answers(), number)
        answers, worker.answers = worker.answers, ()
        self.platform.write(answers)

    @precondition(lambda self: self._with_answers())
    @rule(number=numbers)
    def a_worker_writes_and_does_not_know_it(self, number: int) -> None:
        """Its answer to the database was lost: it will write the same again."""
        self.platform.write(one_of(self._with_answers(), number).answers)

    @rule(times=st.integers(1, 2))
    def a_worker_does_it_all(self, times: int) -> None:
        answers = self.platform.ask(self.platform.claim())
        for _ in range(times):
            self.platform.write(answers)

    @precondition(lambda self: self._with_claims() or self._with_answers())
    @rule(name=workers)
    def a_worker_dies(self, name: str) -> None:
        self.workers[name] = Worker()

    @precondition(lambda self: self._with_claims())
    @rule(number=numbers)
    def a_worker_dies_while_it_asks(self, number: int) -> None:
        worker = one_of(self._with_claims(), number)
        claimed, worker.claimed = worker.claimed, ()
        self.platform.ask_and_die(claimed)

    # What happens by itself.

    @rule()
    def the_resolver_sweeps(self) -> None:
        self.platform.sweep()

    @rule(rounds=st.integers(2, 12))
    def the_resolver_sweeps_for_a_while(self, rounds: int) -> None:
        for _ in range(rounds):
            self.platform.sweep()
            self.clock.pass_seconds(1.0)

    @rule()
    def patience_ends(self) -> None:
        self.platform.give_up()

    @rule()
    def vouchers_expire(self) -> None:
        self.platform.expire()

    @rule(passed=seconds)
    def time_passes(self, passed: float) -> None:
        self.clock.pass_seconds(passed)

    # The world.

    @rule(weather=faults)
    def the_network_breaks(self, weather: list[Fault]) -> None:
        self.network.weather = weather

    @rule()
    def the_network_heals(self) -> None:
        self.network.heal()

    @rule(rounds=st.integers(0, 13))
    def an_outage_lasts_a_while(self, rounds: int) -> None:
        self.network.weather = (Fault.CUT,)
        self.the_resolver_sweeps_for_a_while(rounds)

    @rule(rounds=st.integers(0, 13), healed=st.booleans())
    def a_request_arrives_when_its_caller_has_gone_on(self, rounds: int, healed: bool) -> None:
        """The trap that an expiring lock falls into: what timed out is committed later."""
        before, self.network.weather = self.network.weather, (Fault.DELAYED,)
        self.platform.ask(self.platform.claim())
        if healed:
            self.network.weather = before
        self.the_resolver_sweeps_for_a_while(rounds)
        self.network.weather = before
        while self.network.under_way:
            self.network.arrive()

    @precondition(lambda self: self.network.under_way)
    @rule(number=numbers)
    def what_was_under_way_arrives(self, number: int) -> None:
        self.network.arrive(number % len(self.network.under_way))

    @rule(payment=made)
    def somebody_voids_it_at_the_notary(self, payment: UUID) -> None:
        """As an operator of the notary could: what the platform asks for later is refused."""
        self.network.notary.decide([Void(payment)], budget=1)

    @rule(refund=given_back)
    def somebody_voids_a_refund_at_the_notary(self, refund: UUID) -> None:
        self.network.notary.decide([Void(refund)], budget=1)

    # What must be true.

    @invariant()
    def the_protocol_holds(self) -> None:
        self.seen = self.platform.books()
        self.notary_books.read()
        self.memory.compare(self.seen)
        check(self.seen, self.notary_books, self.clock.now)

    def teardown(self) -> None:
        """Faults end: what is under way arrives, workers are gone, and the resolver runs for a minute."""
        # An example that failed, or that was broken off half-way through a step, has no end to be judged by.
        if sys.exception() or not hasattr(self, "platform"):
            return
        began = self.clock.monotonic()
        self.network.heal()
        while self.clock.monotonic() < began + SETTLED_WITHIN:
            # Late is not never: some of it arrives when all else has been settled for long.
            if self.network.under_way and self.clock.monotonic() % 7 < self.sweep_every:
                self.network.arrive()
            self.platform.sweep()
            self.platform.expire()
            self.clock.pass_seconds(self.sweep_every)
        while self.network.under_way:
            self.network.arrive()
        self.the_protocol_holds()
        check_settled(self.seen, self.notary_books)

    def _pay(self, wallet: int, till: int, amount: int) -> UUID | None:
        before, request = self.platform.books(), (wallet, till, amount, self._new_key())
        try:
            payment = self.platform.pay(*request)
        except (PaymentProblem, InsufficientBalance):
            self._nothing_moved(before)
            return None
        require(payment not in self.requests, "7: another key is another payment", payment)
        self.requests[payment] = request
        return payment

    def _with_claims(self) -> list[Worker]:
        return [worker for worker in self.workers.values() if worker.claimed]

    def _with_answers(self) -> list[Worker]:
        return [worker for worker in self.workers.values() if worker.answers]

    def _new_key(self) -> str:
        self.keys += 1
        return f"key-{self.keys}"

    def _nothing_moved(self, before: Books | None = None) -> None:
        now = self.platform.books()
        require(now == (before or self.seen), "a refusal, or a repetition, moves nothing", self.seen, now)
