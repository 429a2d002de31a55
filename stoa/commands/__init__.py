"""What the commands of `stoa` do; `stoa.cli` only reads their arguments."""
