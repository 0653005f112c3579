"""The `readout` command's subcommands, a module each, imported only when they are called."""
