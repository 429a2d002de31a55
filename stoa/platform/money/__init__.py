"""Money in whole minor units: amounts, rounding, splitting."""
