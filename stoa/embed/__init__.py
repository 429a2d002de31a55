"""The counter in any shop: its loader, its frame, and who may embed it."""
