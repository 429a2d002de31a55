"""Splitting an amount so that the parts sum up to it exactly."""

from collections.abc import Sequence


def split_by_weights(minor: int, weights: Sequence[int]) -> list[int]:
    """`minor` shared in proportion to `weights`, to the last unit (largest remainder method).

    100 over [1, 1, 1] is [34, 33, 33]. All weights zero: the first part takes everything.
    """
    total = sum(weights)
    if not weights:
        return []
    if total == 0:
        return [minor, *[0] * (len(weights) - 1)]
    sign, amount = (-1, -minor) if minor < 0 else (1, minor)
    parts = [amount * weight // total for weight in weights]
    by_remainder = sorted(
        range(len(weights)), key=lambda index: (-(amount * weights[index] % total), index)
    )
    for index in by_remainder[: amount - sum(parts)]:
        parts[index] += 1
    return [sign * part for part in parts]
