"""Transactional mail: what a customer is told about their order."""
