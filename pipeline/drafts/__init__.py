"""Drafts of others' texts, checked against the sources."""
