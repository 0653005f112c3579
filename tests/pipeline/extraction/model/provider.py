"""A provider of a language model that says what a script tells it to, over real HTTP, and misbehaves on demand."""

import json
import re
import socket
import struct
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any, NamedTuple

from pipeline.language.matching import first

_BLOCK = re.compile(r"^⟦document (?P<mark>\w+)⟧\n(?P<lines>.*?)\n⟦end (?P=mark)⟧$", re.DOTALL | re.MULTILINE)
_OURS = 3
"""So many messages of a call are the same in every one: the instructions and the worked example."""


def sentences(asked: str) -> dict[int, str]:
    """The numbered sentences between the marked lines of a request, as a model reads them."""
    found = _BLOCK.search(asked)
    lines = (line.partition(" ") for line in (found["lines"].splitlines() if found else ()))
    return {int(number): words for number, _, words in lines if number.isdecimal()}


def cite(known: Mapping[int, str], words: str) -> list[int]:
    """The numbers of the sentences in which words stand, in a row; none where they stand nowhere."""
    text, ends = "", []
    for sentence in known.values():
        text += f"{sentence} "
        ends.append(len(text))
    place = first(text, words)
    begins = zip([0, *ends], ends, known, strict=False)
    return [number for start, end, number in begins if place and start < place.end and place.start < end]


def cited(answer: Any, known: Mapping[int, str]) -> Any:
    """An answer that cites words, with the numbers of their sentences in their place."""
    if isinstance(answer, list):
        return [cited(one, known) for one in answer]
    if not isinstance(answer, dict):
        return answer
    return {
        name: _numbers(value, known) if name in {"s", "consequence"} and value else cited(value, known)
        for name, value in answer.items()
    }


def _numbers(cites: list[Any], known: Mapping[int, str]) -> list[int]:
    """Numbers stay as they are."""
    lists = (cite(known, words) if isinstance(words, str) else [words] for words in cites)
    return [number for numbers in lists for number in numbers]


class Call(NamedTuple):
    """A request as it came in; `number` counts from 0."""

    number: int
    body: dict[str, Any]

    @property
    def form(self) -> str | None:
        """The `response_format` that it asks for."""
        return (self.body.get("response_format") or {}).get("type")

    @property
    def writes(self) -> bool:
        """Whether it asks for a text, rather than for the facts of a document."""
        form = self.body.get("response_format") or {}
        return (form.get("json_schema") or {}).get("name") == "text"

    @property
    def asked(self) -> str:
        """What the user said behind the worked example."""
        return "\n".join(str(message["content"]) for message in self.body["messages"][_OURS:])

    @property
    def again(self) -> bool:
        """Whether it is the second call, about what failed and what was left out."""
        return len(self.body["messages"]) > _OURS + 1

    @property
    def sentences(self) -> dict[int, str]:
        """The sentences that it shows, by their numbers."""
        return sentences(self.asked)

    @property
    def chars(self) -> int:
        """Characters of the messages and of the form of answer, as JSON."""
        form = self.body.get("response_format")
        sent = len(json.dumps(form, separators=(",", ":"), ensure_ascii=False)) if form else 0
        return sent + sum(len(message["content"]) for message in self.body["messages"])


Reply = Callable[["Handler"], None]
Script = Callable[[Call], Reply]


class Handler(BaseHTTPRequestHandler):
    """One connection. Kept open between calls, as real providers do."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    provider: "Provider"

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        listed = {"object": "list", "data": [{"id": self.provider.model, "object": "model"}]}
        self.send(200, json.dumps(listed).encode())

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.provider.take(body)(self)

    def send(self, status: int, body: bytes, kind: str = "application/json", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def reset(self) -> None:
        """Drop the connection as a crashed process does."""
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()


class Provider(ThreadingHTTPServer):
    """Counts its calls and answers each as the script says."""

    daemon_threads = True
    model = "invented-1"

    def __init__(self, script: Script) -> None:
        super().__init__(("127.0.0.1", 0), type("Bound", (Handler,), {"provider": self}))
        self.script = script
        self.calls: list[Call] = []
        self._lock = Lock()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def take(self, body: dict[str, Any]) -> Reply:
        with self._lock:
            call = Call(len(self.calls), body)
            self.calls.append(call)
        return self.script(call)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hung up is no news here."""


@contextmanager
def provider(script: Script) -> Iterator[Provider]:
    """A provider that runs until the block ends."""
    server = Provider(script)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def completion(
    text: str | None, finish: str = "stop", refusal: str | None = None, **usage: Any
) -> dict[str, Any]:
    """A chat completion as the protocol has it."""
    counted = {
        "prompt_tokens": 1000,
        "completion_tokens": 100,
        "total_tokens": 1100,
        "prompt_tokens_details": {"cached_tokens": 600, "audio_tokens": 0},
    }
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1900000000,
        "model": Provider.model,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": text, "refusal": refusal},
                "finish_reason": finish,
                "logprobs": None,
            }
        ],
        "usage": counted | usage,
    }


def body(value: Any) -> Reply:
    """Any JSON, as an answer of status 200."""
    return lambda handler: handler.send(200, json.dumps(value, ensure_ascii=False).encode())


def says(text: str | None, finish: str = "stop", refusal: str | None = None) -> Reply:
    return body(completion(text, finish, refusal))


def fails(status: int, message: str = "it broke", code: str | None = None, **headers: str) -> Reply:
    """An error as OpenAI words it."""
    error = {"error": {"message": message, "type": "error", "param": None, "code": code}}
    return lambda handler: handler.send(status, json.dumps(error).encode(), **headers)


def page(status: int) -> Reply:
    """What a proxy says in place of the provider."""
    return lambda handler: handler.send(status, b"<html><h1>Bad gateway</h1></html>", "text/html")


def garbled() -> Reply:
    """JSON by its name only."""
    return lambda handler: handler.send(200, b'{"id": "chatcmpl-1", "choi')


def hangs_up() -> Reply:
    """The connection is dropped before a word is said."""
    return lambda handler: handler.reset()


def breaks_off(text: str) -> Reply:
    """The connection is dropped in the middle of the answer."""

    def reply(handler: Handler) -> None:
        whole = json.dumps(completion(text)).encode()
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(whole)))
        handler.end_headers()
        handler.wfile.write(whole[: len(whole) // 2])
        handler.reset()

    return reply


def hangs() -> Reply:
    """No answer as long as the client waits for one."""

    def reply(handler: Handler) -> None:
        handler.rfile.read(1)
        handler.close_connection = True

    return reply


def drips(text: str, pause: float) -> Reply:
    """The answer, a byte at a time."""

    def reply(handler: Handler) -> None:
        whole = json.dumps(completion(text)).encode()
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(whole)))
        handler.end_headers()
        for byte in whole:
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
            time.sleep(pause)

    return reply
