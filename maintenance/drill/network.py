"""The network between the platform and one notary: a proxy process that fails on command."""

import socket
from pathlib import Path

from maintenance.drill.programs import HOST, Program, free_port

# Run, not imported: it belongs to the tests, which a deployment may leave out.
PROXY = "tests.fault_proxy"


class Network:
    """What is between the platform and a notary. `url` is where the platform believes the notary to be."""

    def __init__(self, notary_port: int, *, directory: Path) -> None:
        self.port, self.control = free_port(), free_port()
        self.url = f"http://{HOST}:{self.port}"
        ports = ("--listen", str(self.port), "--to", f"{HOST}:{notary_port}", "--control", str(self.control))
        self.program = Program(["-m", PROXY, *ports], env={}, log=directory / "network")

    def start(self) -> None:
        self.program.start(timeout=20.0)

    def be(self, fault: str) -> None:
        """Fail like this from now on, as `tests/fault_proxy.py` names it; raise ValueError if it knows no such."""
        with socket.create_connection((HOST, self.control), timeout=5) as control:
            control.sendall(f"{fault}\n".encode())
            said = control.makefile().readline().strip()
        if said != "ok":
            raise ValueError(said)

    def recover(self) -> None:
        self.be("pass")

    def stop(self) -> None:
        self.program.stop(timeout=5.0)
