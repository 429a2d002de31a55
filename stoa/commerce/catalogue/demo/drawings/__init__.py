"""The demo shop's pictures, drawn by code when they are needed."""
