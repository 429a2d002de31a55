"""Members of staff: sign-in, sessions, roles, one-time links, audit."""
