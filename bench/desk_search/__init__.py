"""Finding again what was written, among a million messages in five languages."""
