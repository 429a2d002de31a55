"""What is counted of calls, for `/metrics`."""

from prometheus_client import Counter, Gauge, Histogram

LIVE = Gauge("stoa_calls_live", "Calls that are not over, by state", ["state"])
STARTED = Counter("stoa_calls_started_total", "Calls begun", ["direction"])
ANSWERED = Counter("stoa_calls_answered_total", "Calls answered", ["direction"])
ENDED = Counter("stoa_calls_ended_total", "Calls ended", ["reason"])
WAITED = Histogram(
    "stoa_calls_waited_seconds",
    "How long answered calls had waited",
    buckets=(1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800),
)
SOUND_FAILED = Counter("stoa_calls_sound_failed_total", "Calls whose media process died")
