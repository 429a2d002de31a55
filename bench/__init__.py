"""Load programs. Each drives the real server over loopback, bounded, and stops by itself."""
