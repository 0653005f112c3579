"""A proposal becomes a fact only if the text proves it: its quote, and each leaf value inside that quote."""

from pipeline.extraction.proving.dates import deadline, event
from pipeline.extraction.proving.figures import figure
from pipeline.extraction.proving.people import delegate
from pipeline.extraction.proving.stakes import stake
from pipeline.extraction.proving.statements import statement

__all__ = ["deadline", "delegate", "event", "figure", "stake", "statement"]
