"""People are told over real sockets, again until it is out, each office of its own region only."""

import json
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from maintenance.models import Cause, IncidentState
from maintenance.watch import notices as notices_module
from maintenance.watch.casebook import Case
from maintenance.watch.notices import Notices, Told
from maintenance.watch.rows import Directory, Office
from tests.watch.seeing import KASHIMA, SHIOSAI, at

SMTP = "django.core.mail.backends.smtp.EmailBackend"


def wait_for(condition: Callable[[], object], *, within: float = 10.0) -> None:
    until = time.monotonic() + within
    while not condition():
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.02)


class Mailbox(socketserver.ThreadingTCPServer):
    """A mail server that speaks just enough SMTP, and refuses the first so many messages."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        self.messages: list[tuple[list[str], EmailMessage]] = []
        self.refuses = 0
        super().__init__(("127.0.0.1", 0), MailHandler)


class MailHandler(socketserver.StreamRequestHandler):
    server: Mailbox

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        self.say("220 test")
        to: list[str] = []
        for raw in self.rfile:
            word = raw.decode().strip()
            if word.upper().startswith("RCPT TO:"):
                to.append(word[8:].strip("<> "))
            if word.upper() == "DATA":
                self.say("354 go on")
                self.keep(to)
            elif word.upper() == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def keep(self, to: list[str]) -> None:
        lines: list[bytes] = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        if self.server.refuses:
            self.server.refuses -= 1
            self.say("451 not now")
            return
        message = message_from_bytes(b"".join(lines), policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.server.messages.append((to, message))
        self.say("250 taken")


@contextmanager
def serving(server: Any) -> Iterator[Any]:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    with serving(Mailbox()) as box:
        settings.EMAIL_BACKEND, settings.EMAIL_HOST = SMTP, "127.0.0.1"
        settings.EMAIL_PORT = box.server_address[1]
        yield box


@pytest.fixture
def hook() -> Iterator[Any]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            server.documents.append(json.loads(body))
            self.send_response(302 if server.redirects else 204)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        do_GET = do_POST  # noqa: N815 the name that the library calls

        def log_message(self, *_arguments: object) -> None:
            pass

    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.documents, server.redirects = [], False
    with serving(server):
        yield server


@pytest.fixture
def told() -> list[Told]:
    return []


@pytest.fixture
def failures() -> list[tuple[Told, str]]:
    return []


@pytest.fixture
def notices(told: list[Told], failures: list[tuple[Told, str]], monkeypatch: pytest.MonkeyPatch) -> Iterator[Notices]:
    monkeypatch.setattr(notices_module, "PAUSES", (0.1,))
    made = Notices(told.append, lambda message, problem: failures.append((message, problem)))
    yield made
    made.stop()


def office(name: str = "鹿嶋市", region: Any = KASHIMA, **changes: Any) -> Office:
    facts = {"slug": "kashima", "is_guaranteed": False, "emails": ("office@kashima.example",), "webhook": ""}
    return Office(region_id=region, name=name, **{**facts, **changes})


def case(**changes: Any) -> Case:
    facts = {"id": KASHIMA, "cause": Cause.NOTARY_NETWORK, "regions": frozenset({KASHIMA}), "opened_at": at(0)}
    return Case(**{**facts, **changes})


def test_the_office_of_the_region_is_told_once_and_no_other(
    notices: Notices, mailbox: Mailbox, told: list[Told]
) -> None:
    other = office("潮騒市", SHIOSAI, emails=("office@shiosai.example",))
    directory = Directory((office(emails=("office@kashima.example", "clerk@kashima.example")), other))

    for _ in range(3):
        notices.tell(case(), directory)
    wait_for(lambda: told)
    time.sleep(0.2)

    ((to, message),) = mailbox.messages
    assert sorted(to) == ["clerk@kashima.example", "office@kashima.example"]
    assert "clerk@" not in str(message["To"])
    assert message["Subject"].strip() == "【障害】鹿嶋市：二重決済検証サービスとの通信に障害が発生しています。"
    text = message.get_content()
    assert "支払いはすぐにお断り" in text
    assert "潮騒" not in text
    assert "/staff/maintenance/incident/" in text
    assert told == [Told(KASHIMA, KASHIMA, "email")]


def test_operators_are_told_of_all_regions(notices: Notices, mailbox: Mailbox, told: list[Told]) -> None:
    notices.tell(case(), Directory((office(emails=(), webhook=""),), ("operator@hansatsu.example",)))
    wait_for(lambda: told)
    ((to, message),) = mailbox.messages
    assert to == ["operator@hansatsu.example"]
    assert "鹿嶋市" in message["Subject"]


def test_the_all_clear_is_told_too(notices: Notices, mailbox: Mailbox, told: list[Told]) -> None:
    over = case(closed_at=at(600), state=IncidentState.RESOLVED)
    notices.tell(over, Directory((office(),)))
    wait_for(lambda: told)
    message = mailbox.messages[0][1]
    assert message["Subject"].strip() == "【復旧】鹿嶋市：障害は解消しました"
    assert "10 分" in message.get_content()


def test_a_mail_server_that_refuses_is_asked_again(
    notices: Notices, mailbox: Mailbox, told: list[Told], failures: list[tuple[Told, str]]
) -> None:
    mailbox.refuses = 2
    notices.tell(case(), Directory((office(),)))
    wait_for(lambda: told)
    assert len(mailbox.messages) == 1
    assert [problem for _told, problem in failures] == ["SMTPDataError"]


def test_a_webhook_gets_a_document_that_chat_services_can_show(notices: Notices, hook: Any, told: list[Told]) -> None:
    url = f"http://127.0.0.1:{hook.server_address[1]}/hook"
    notices.tell(case(), Directory((office(emails=(), webhook=url),)))
    wait_for(lambda: told)
    (document,) = hook.documents
    assert document["text"].startswith("【障害】鹿嶋市")
    assert document["incident"] == {
        "id": str(KASHIMA),
        "state": "identified",
        "cause": "notary_network",
        "regions": ["kashima"],
        "opened_at": "2023-01-25T13:05:00+00:00",
        "closed_at": None,
    }


def test_a_webhook_that_sends_elsewhere_is_not_followed(
    notices: Notices, hook: Any, told: list[Told], failures: list[tuple[Told, str]]
) -> None:
    hook.redirects = True
    url = f"http://127.0.0.1:{hook.server_address[1]}/hook"
    notices.tell(case(), Directory((office(emails=(), webhook=url),)))
    wait_for(lambda: failures)
    assert failures[0][1] == "HTTPError"
    assert told == []


def test_a_region_with_nobody_to_tell_is_said_to_have_none(notices: Notices, failures: list[tuple[Told, str]]) -> None:
    notices.tell(case(), Directory((office(emails=()),)))
    assert failures == [(Told(KASHIMA, KASHIMA, ""), "nobody to tell")]
