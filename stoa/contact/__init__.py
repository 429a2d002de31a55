"""Conversations with customers and the channels they come by."""
