"""The section `maintenance` of policy.yaml (policy section 11)."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from mail_daemon.settings.types import Section, Span


class MaintenanceRules(Section):
    """Who is written to, and what for their calendars."""

    invitations: bool = True
    requesters_within: Span = timedelta(days=365)
    most_requesters: Annotated[int, Field(ge=0, le=1000)] = 10
