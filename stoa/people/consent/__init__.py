"""The ledger of what people agreed to and took back."""
