"""Telling webhooks what changed."""
