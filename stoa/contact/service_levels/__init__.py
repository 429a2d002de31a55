"""Service levels: by when customers are to be answered, and where that was not kept."""
