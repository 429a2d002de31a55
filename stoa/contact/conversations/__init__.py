"""Conversations: messages, read state, assignment, notes, attachments."""
