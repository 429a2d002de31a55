"""Ways to deliver: by country, with a price and a time."""
