"""When a parcel arrives. Pure."""

from datetime import date, timedelta

SATURDAY = 5


def add_working_days(day: date, count: int) -> date:
    """The working day `count` working days after `day`: Friday + 1 is Monday."""
    while count > 0 or day.weekday() >= SATURDAY:
        day += timedelta(days=1)
        if day.weekday() < SATURDAY:
            count -= 1
    return day


def arrival_window(placed_on: date, *, days_min: int, days_max: int) -> tuple[date, date]:
    """The first and the last day an order placed on that day is expected to arrive."""
    return add_working_days(placed_on, days_min), add_working_days(placed_on, days_max)
