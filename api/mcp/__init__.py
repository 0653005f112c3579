"""Readout for agents: tools over the same queries as the HTTP API, by the Model Context Protocol."""
