"""Calls: queue, ringing, legs, transfer, conference, supervision, recording, voicemail."""
