"""Products, variants, categories, pictures: what the shop offers."""
