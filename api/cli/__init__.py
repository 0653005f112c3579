"""The `readout` command: one module a subcommand."""
