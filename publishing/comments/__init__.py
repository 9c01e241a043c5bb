"""First comments: written under a post of one's own as soon as it is live, at most once."""

from publishing.comments.service import plan, work_one

__all__ = ["plan", "work_one"]
