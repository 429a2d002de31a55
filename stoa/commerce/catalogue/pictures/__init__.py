"""Pictures from outside: looked at, fetched with care, rendered in several sizes."""
