"""Ten thousand live visitors, and what they cost the chat."""
