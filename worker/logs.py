"""The log of a process on standard error: lines to read, or JSON to collect; ids of what is worked on in each."""

import logging
import sys
from typing import Any, Literal

import msgspec
import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.types import EventDict, Processor, WrappedLogger

Format = Literal["text", "json"]
Level = Literal["debug", "info", "warning", "error"]
IDS = ("request_id", "job_id", "document_id")


def log_to_stderr(process: str, style: Format, level: Level, access: bool = False) -> None:
    """Everything from `level` up; a line for each document read where `access` is on. Call it first."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_formatter(process, style))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("readout").setLevel(level.upper())
    logging.getLogger("readout.access").setLevel(logging.INFO if access else logging.WARNING)


def _formatter(process: str, style: Format) -> logging.Formatter:
    shared: list[Processor] = [structlog.contextvars.merge_contextvars, structlog.stdlib.ExtraAdder()]
    if style == "text":
        return ProcessorFormatter(foreign_pre_chain=shared, processors=[as_text(process)])

    def name(_: WrappedLogger, __: str, entry: EventDict) -> EventDict:
        entry["process"] = process
        return entry

    return ProcessorFormatter(
        foreign_pre_chain=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            name,
            *shared,
            structlog.processors.format_exc_info,
        ],
        processors=[
            ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(serializer=_json),
        ],
    )


def as_text(process: str) -> Processor:
    """Makes a line to read of an entry."""

    def render(_: WrappedLogger, __: str, entry: EventDict) -> str:
        ids = [
            f"{name}={entry[name]}"
            for name in IDS
            if name in entry and str(entry[name]) not in entry["event"]
        ]
        took = [f"{entry['duration_ms']} ms"] if "duration_ms" in entry else []
        line = " ".join([f"{process}:", entry["event"], *took, *ids])
        if error := entry.get("exc_info"):
            line += "\n" + logging.Formatter().formatException(error)
        return line

    return render


def _json(entry: Any, **_: Any) -> str:
    return msgspec.json.encode(entry, enc_hook=str).decode()
