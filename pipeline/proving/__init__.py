"""A proposal becomes a fact only if the text proves it: its quote, and each leaf value inside that quote."""

from pipeline.proving.dates import deadline, event
from pipeline.proving.figures import figure
from pipeline.proving.people import delegate
from pipeline.proving.stakes import stake
from pipeline.proving.statements import statement

__all__ = ["deadline", "delegate", "event", "figure", "stake", "statement"]
