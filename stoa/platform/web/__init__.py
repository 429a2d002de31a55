"""The HTTP edge: commit then answer, problems, paging, security."""
