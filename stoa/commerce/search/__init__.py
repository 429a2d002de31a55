"""Finding products by words, in five languages, with typos."""
