"""A process that sends what is due and is killed at a step of it.

Arguments: database URL, address of the mail server, and the step: `taken` from the database, `connected` to the server,
`named` the recipient to it, `sent`, `noted`.
"""

import os
import smtplib
import sys
from collections.abc import Callable
from functools import partial
from signal import SIGKILL
from typing import Any

import worker.mailings
from store.engine import connect
from store.mailings import mailed
from tests.worker.test_mailings import LETTER, NOON
from worker.mailings import Letter, Outlets, Relay, send_due, send_letter


def killed_after(step: Callable[..., Any]) -> Callable[..., Any]:
    def act(*given: Any, **more: Any) -> Any:
        step(*given, **more)
        os.kill(os.getpid(), SIGKILL)

    return act


def main(url: str, server: str, step: str) -> None:
    send: Callable[[Letter, str], None] = partial(
        send_letter, outlets=Outlets(Relay(server, "desk@readout.example"), "any")
    )
    match step:
        case "taken":
            send = killed_after(lambda letter, recipient: None)
        case "connected":
            worker.mailings._connected = killed_after(worker.mailings._connected)
        case "named":
            smtplib.SMTP.rcpt = killed_after(smtplib.SMTP.rcpt)  # type: ignore[method-assign]
        case "sent":
            send = killed_after(send)
        case "noted":
            worker.mailings.mailed = killed_after(mailed)  # type: ignore[attr-defined]
    send_due(connect(url), lambda _: LETTER, send, lambda: NOON)


if __name__ == "__main__":
    main(*sys.argv[1:])
