"""The kernel: what two rooms need and no framework of a room."""

from clientnest import logs

# Here, so that no process can forget it.
logs.configure()
