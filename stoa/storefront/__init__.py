"""The shop's pages: templates and what fills them, no business rules."""
