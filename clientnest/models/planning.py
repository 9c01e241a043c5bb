"""What recurs in a plan: the times of a week at which an account likes to post."""

from datetime import time
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, SmallInteger, Time, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from clientnest.models.record import Identified, InWorkspace, Record


class QueueSlot(Identified, InWorkspace, Record):
    """A wall clock of every week in an IANA zone; `weekday` 0 is Monday."""

    __tablename__ = "queue_slots"
    __table_args__ = (
        UniqueConstraint("account_id", "weekday", "local_time", "zone"),
        CheckConstraint("weekday between 0 and 6", name="weekday"),
    )
    account_id: Mapped[UUID] = mapped_column(ForeignKey("app.accounts.id", ondelete="CASCADE"))
    weekday: Mapped[int] = mapped_column(SmallInteger)
    local_time: Mapped[time] = mapped_column(Time(timezone=False))
    zone: Mapped[str]
