"""Webhooks: other people's programs are told what happens here (standardwebhooks.com)."""
