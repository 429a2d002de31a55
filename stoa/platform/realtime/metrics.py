"""What the realtime side counts, for `/metrics`."""

from functools import cache

from prometheus_client import Counter, Gauge

CONNECTIONS = Gauge("stoa_realtime_connections", "Open connections", ["transport", "surface"])
FRAMES_IN = Counter("stoa_realtime_frames_in_total", "Frames received", ["kind"])
EVENTS_OUT = Counter("stoa_realtime_events_out_total", "Events given to subscribers")
SIGNALS_OUT = Counter("stoa_realtime_signals_out_total", "Signals given to subscribers")
SIGNALS_DROPPED = Counter("stoa_realtime_signals_dropped_total", "Signals over the rate limit")
GAPS_FILLED = Counter("stoa_realtime_gaps_filled_total", "Topics read from the log after a gap")
RESYNCS = Counter("stoa_realtime_resyncs_total", "Subscriptions ended with a hole", ["reason"])
SLOW_CLOSED = Counter("stoa_realtime_slow_closed_total", "Connections closed for not reading")
COMMANDS = Counter("stoa_realtime_commands_total", "Commands done", ["name", "outcome"])


@cache
def frames_in(kind: str) -> Counter:
    return FRAMES_IN.labels(kind=kind)


@cache
def commands(name: str, outcome: str) -> Counter:
    return COMMANDS.labels(name=name, outcome=outcome)
