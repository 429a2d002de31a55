"""Meltemi, a household shop that does not exist: its texts as data, its pictures as drawings."""
