"""What rules and webhooks do after a commit and by the clock."""

from stoa.contact.automation.following import RUN_JOB as RUN_JOB
from stoa.contact.automation.following import keeping_rules as keeping_rules
from stoa.contact.automation.running import find_waiting_periodically as find_waiting_periodically
from stoa.contact.automation.running import run_rules as run_rules
from stoa.contact.automation.running import tidy_runs_periodically as tidy_runs_periodically
from stoa.contact.automation.webhooks.sending import deliver as deliver_webhook
from stoa.contact.automation.webhooks.sending import (
    deliver_due_periodically as deliver_due_periodically,
)
from stoa.contact.automation.webhooks.service import DELIVER_JOB as DELIVER_JOB

__all__ = [
    "DELIVER_JOB",
    "RUN_JOB",
    "deliver_due_periodically",
    "deliver_webhook",
    "find_waiting_periodically",
    "keeping_rules",
    "run_rules",
    "tidy_runs_periodically",
]
