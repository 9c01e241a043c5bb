"""Work that may be done later, and more than once: said in the transaction that makes it needed, done by a worker.

A room registers what it can do as a `kind`; whoever needs it done calls `enqueue` within their own transaction, so that
there is no job of what was rolled back and none is missing of what was committed.
"""

from clientnest.jobs.kinds import PUBLISHING, QUEUES, Job, Kind, Refused, kind
from clientnest.jobs.queue import enqueue, enqueue_all, new

__all__ = ["PUBLISHING", "QUEUES", "Job", "Kind", "Refused", "enqueue", "enqueue_all", "kind", "new"]
