"""Opening hours: when somebody could be there, and time counted in them."""
