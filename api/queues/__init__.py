"""Work that is done later, and the queues it waits in."""
