"""A TCP proxy that fails on command, to stand between the platform and a notary.

    python -m tests.fault_proxy --listen PORT --to HOST:PORT --control PORT

Each line sent to the control port switches the fault and is answered `ok` or `error …`:

    pass             carries everything
    latency S        each request is S seconds late; it arrives even if who sent it has given up
    black_hole       accepts, reads, and never answers
    half_open        accepts and does not even read; a connection that was open then stays silent for ever
    reset            breaks the connection (RST) when a request comes
    refuse           nobody listens; what was open breaks
    lose_answer      the request arrives and is carried out, its answer is thrown away, silence
    lose_answer 0    the same, but the connection breaks where the answer would have come
    drip             the answer comes at one byte per second
    flap S           S seconds of `pass`, S seconds of `black_hole`, in turn
    mix A B:S C …    each request meets one of these at random
"""

import argparse
import asyncio
import contextlib
import random
import socket
import struct
import time
from dataclasses import dataclass

HOST = "127.0.0.1"
MODES = ("pass", "latency", "black_hole", "half_open", "reset", "refuse", "lose_answer", "drip", "flap")
# How long an answer that nobody waits for any longer is listened to, so that its request is carried out.
ORPHAN_PATIENCE = 20.0


@dataclass(frozen=True, slots=True)
class Fault:
    mode: str = "pass"
    seconds: float | None = None


def parse(line: str) -> list[Fault]:
    """The faults that a line names; one, but for `mix`. Raise ValueError for what is none."""
    first, *rest = line.split()
    faults = [parse_one(word) for word in (rest if first == "mix" else [":".join((first, *rest))])]
    if not faults:
        raise ValueError(line)
    return faults


def parse_one(word: str) -> Fault:
    mode, _, seconds = word.partition(":")
    if mode not in MODES:
        raise ValueError(f"no such fault: {word}")
    return Fault(mode, float(seconds) if seconds else None)


class Proxy:
    def __init__(self, *, port: int, target: tuple[str, int]) -> None:
        self.port = port
        self.target = target
        self.faults = [Fault()]
        self.since = time.monotonic()
        self.listener: asyncio.Server | None = None
        self.links: set[Link] = set()

    async def switch(self, faults: list[Fault]) -> None:
        self.faults, self.since = faults, time.monotonic()
        if faults == [Fault("refuse")]:
            await self.stop_listening()
        elif self.listener is None:
            await self.listen()
        if faults == [Fault("half_open")]:
            for link in self.links:
                link.is_silent = True

    def draw(self) -> Fault:
        """What the next request meets."""
        fault = random.choice(self.faults)
        if fault.mode == "flap":
            turns = int((time.monotonic() - self.since) / (fault.seconds or 1.0))
            return Fault("black_hole" if turns % 2 else "pass")
        return fault

    async def listen(self) -> None:
        self.listener = await asyncio.start_server(self.accept, HOST, self.port)

    async def stop_listening(self) -> None:
        if self.listener:
            self.listener.close()
            self.listener = None
        for link in list(self.links):
            link.break_off()

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = Link(self, reader, writer)
        self.links.add(link)
        try:
            await link.run()
        finally:
            self.links.discard(link)

    async def obey(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One control connection: a line, an answer, and so on until it is closed."""
        while line := (await reader.readline()).decode().strip():
            try:
                await self.switch(parse(line))
                said = "ok"
            except (ValueError, OSError) as wrong:
                said = f"error {wrong}"
            writer.write(f"{said}\n".encode())
            await writer.drain()
        writer.close()


class Link:
    """One connection through the proxy. Requests take turns on it, and each meets one fault."""

    def __init__(self, proxy: Proxy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.proxy = proxy
        self.reader, self.writer = reader, writer
        self.upstream: asyncio.StreamWriter | None = None
        self.answers: asyncio.Task[None] | None = None
        self.answered = asyncio.Event()
        self.answered.set()
        self.fault, self.drawn_at = Fault(), 0.0
        self.is_silent = proxy.faults == [Fault("half_open")]

    async def run(self) -> None:
        try:
            while chunk := await self.read_request():
                await self.carry(chunk)
            if self.answers:
                # Who asked has given up; what was asked is carried out all the same.
                await asyncio.wait_for(self.answered.wait(), ORPHAN_PATIENCE)
        except TimeoutError:
            pass
        except OSError:
            self.break_off()
        finally:
            self.close()

    async def read_request(self) -> bytes:
        if not self.is_silent:
            chunk = await self.reader.read(65536)
        if self.is_silent:
            # For ever: a connection that was lost half-way does not come back with the network.
            await asyncio.get_running_loop().create_future()
        return chunk

    async def carry(self, chunk: bytes) -> None:
        is_new = self.answered.is_set()
        self.answered.clear()
        fault = self.current(is_new=is_new)
        if fault.mode == "reset":
            self.break_off()
        elif fault.mode not in ("black_hole", "half_open"):
            if fault.mode == "latency" and is_new:
                await asyncio.sleep(fault.seconds or 0.0)
            await self.send_on(chunk)

    def current(self, *, is_new: bool = False) -> Fault:
        """The fault of the request in hand; a switch that came since holds for it, too."""
        if is_new or self.drawn_at < self.proxy.since:
            self.fault, self.drawn_at = self.proxy.draw(), time.monotonic()
        return self.fault

    async def send_on(self, chunk: bytes) -> None:
        if self.upstream is None:
            reader, self.upstream = await asyncio.open_connection(*self.proxy.target)
            self.answers = asyncio.create_task(self.carry_back(reader))
        self.upstream.write(chunk)
        await self.upstream.drain()

    async def carry_back(self, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(OSError):
            while chunk := await reader.read(65536):
                fault = self.current()
                self.answered.set()
                await self.answer(chunk, fault)
            if self.current().mode in ("pass", "latency"):
                self.writer.close()

    async def answer(self, chunk: bytes, fault: Fault) -> None:
        if self.is_silent or fault.mode in ("black_hole", "half_open"):
            return
        if fault.mode == "reset" or fault == Fault("lose_answer", 0.0):
            self.break_off()
        elif fault.mode == "drip":
            await self.drip(chunk)
        elif fault.mode != "lose_answer":
            self.writer.write(chunk)
            await self.writer.drain()

    async def drip(self, chunk: bytes) -> None:
        for byte in chunk:
            if self.writer.is_closing():
                return
            self.writer.write(bytes([byte]))
            await asyncio.sleep(1.0)

    def break_off(self) -> None:
        """End the connection with RST, as a process that died does."""
        with contextlib.suppress(OSError):
            connection = self.writer.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    def close(self) -> None:
        self.writer.close()
        if self.upstream:
            self.upstream.close()


async def serve(*, listen: int, to: str, control: int) -> None:
    host, _, port = to.rpartition(":")
    proxy = Proxy(port=listen, target=(host, int(port)))
    await proxy.listen()
    controls = await asyncio.start_server(proxy.obey, HOST, control)
    print(f"proxy listening on {HOST}:{listen}", flush=True)  # noqa: T201 what the one who started it waits for
    async with controls:
        await controls.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listen", type=int, required=True)
    parser.add_argument("--to", required=True, metavar="HOST:PORT")
    parser.add_argument("--control", type=int, required=True)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(**vars(parser.parse_args())))


if __name__ == "__main__":
    main()
