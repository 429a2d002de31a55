"""Value added tax: dated rates by country and category of goods."""
