"""Documents through the model path with a provider that takes one second a call: how near to the ideal."""

import json
import multiprocessing
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path

from bench.rows import Row
from pipeline.documents.read import read
from pipeline.extraction.model import ChatCompletions, Model
from pipeline.extraction.readout import readout
from pipeline.extraction.settings import ModelSettings
from pipeline.language.annotate import annotate

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
DOCUMENTS, AT_ONCE, SECONDS = 64, 16, 1.0


class _Slow(BaseHTTPRequestHandler):
    """A chat-completions endpoint that thinks for a second and finds nothing."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one packet an answer: two would wait 40 ms for each other

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(SECONDS)
        message = {"role": "assistant", "content": '{"talks": null}'}
        body = json.dumps(
            {"id": "1", "object": "chat.completion", "created": 0, "model": "slow",
             "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
        ).encode()  # fmt: skip
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: a measurement has its own output."""


class _Server(ThreadingHTTPServer):
    request_queue_size = 128


def serve(port: Connection) -> None:
    """In a process of its own, as a provider is: it takes no time from ours."""
    server = _Server(("127.0.0.1", 0), _Slow)
    port.send(server.server_port)
    server.serve_forever()


def measure() -> list[Row]:
    theirs, ours = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    address = f"http://127.0.0.1:{ours.recv()}/v1"
    extractor = Model(ChatCompletions(ModelSettings(base_url=address, concurrency=AT_ONCE)), "slow")
    sample = min(SAMPLES.glob("*.txt"), key=lambda path: path.stat().st_size).read_text(encoding="utf-8")
    documents = [read(f"{sample}\n\nNumber {n}.\n".encode()) for n in range(DOCUMENTS)]
    annotate(documents[0])  # the model and the word lists are loaded once a process, not once a document
    began = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda document: readout(document, extractor), documents))
    took = time.perf_counter() - began
    server.terminate()
    ideal = DOCUMENTS / AT_ONCE * SECONDS
    return [
        Row(
            f"{DOCUMENTS} documents, {AT_ONCE} at once, a provider of {SECONDS:.0f} s a call",
            f"{took:.2f} s", f"ideal {ideal:.2f} s", f"{ideal / took:.0%}", "at least 85%", ideal / took >= 0.85,
        )
    ]  # fmt: skip
