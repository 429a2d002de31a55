"""Ratings: how customers were served, in their own words and one number from 1 to 5."""
