"""The operational schema `app`, one file per noun. Every table with a workspace is under forced row-level security."""

from clientnest.models.accounts import Account, AccountToken, OAuthState, Registration
from clientnest.models.earnings import (
    Campaign,
    ClickSalt,
    Conversion,
    ConversionSource,
    Cost,
    ExchangeRate,
    Link,
    LinkClick,
    Trial,
    Visit,
    VisitorKey,
)
from clientnest.models.events import Event
from clientnest.models.identity import Membership, Organization, User, Workspace
from clientnest.models.ingestion import (
    Competitor,
    FileImport,
    InboundEvent,
    Load,
    ParkedMetric,
    PostReading,
    Subscription,
)
from clientnest.models.jobs import Job, QueuePause
from clientnest.models.planning import BulkLine, Occurrence, QueueSlot, Recurrence, Template, Wish
from clientnest.models.publishing import (
    Attempt,
    FirstComment,
    Media,
    NetworkAway,
    Post,
    Publication,
    Review,
    WorkerHeartbeat,
)
from clientnest.models.record import Record
from clientnest.models.reports import Report

__all__ = [
    "Account",
    "AccountToken",
    "Attempt",
    "BulkLine",
    "Campaign",
    "ClickSalt",
    "Competitor",
    "Conversion",
    "ConversionSource",
    "Cost",
    "Event",
    "ExchangeRate",
    "FileImport",
    "FirstComment",
    "InboundEvent",
    "Job",
    "Link",
    "LinkClick",
    "Load",
    "Media",
    "Membership",
    "NetworkAway",
    "OAuthState",
    "Occurrence",
    "Organization",
    "ParkedMetric",
    "Post",
    "PostReading",
    "Publication",
    "QueuePause",
    "QueueSlot",
    "Record",
    "Recurrence",
    "Registration",
    "Report",
    "Review",
    "Subscription",
    "Template",
    "Trial",
    "User",
    "Visit",
    "VisitorKey",
    "Wish",
    "WorkerHeartbeat",
    "Workspace",
]
