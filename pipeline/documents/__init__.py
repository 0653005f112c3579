"""Bytes -> a document: canonical text, metadata, regions of the page."""
