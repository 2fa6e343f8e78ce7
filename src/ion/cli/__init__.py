"""The `ion` command, one file per command."""
