"""Readouts of one round -> one briefing."""
