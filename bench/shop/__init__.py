"""The shop's pages and the whole way to an order, with a catalogue of 1,000 products."""
