"""The command line: one file per command, and the supervision of processes in stack/."""
