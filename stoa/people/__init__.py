"""The people: staff and how they sign in, visitors and customers."""
