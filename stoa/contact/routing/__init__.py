"""Who gets which conversation, and by when: presence, teams, queues, assignment."""
