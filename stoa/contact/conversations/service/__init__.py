"""Writes about conversations. Plain messages go by group commit (`sending`), the rest one by one.

Each verb locks the conversation's row first, so that two agents, or an agent and a message, take
turns; what it publishes reaches the customer (`conversation:<id>`) and the agents' list (`desk`).
"""

from stoa.contact.conversations.saved_replies import (
    add_demo_replies,
    change_reply,
    drop_reply,
    save_reply,
)
from stoa.contact.conversations.service.calls import assign_caller, count_call, wait_for_answer
from stoa.contact.conversations.service.cards import (
    add_message,
    change_card,
    count_received,
    show_delivery,
)
from stoa.contact.conversations.service.handling import (
    assign_conversation,
    claim_conversation,
    close_conversation,
    mark_read,
    reopen_conversation,
    request_transcript,
    take_unread_answers,
)
from stoa.contact.conversations.service.places import (
    Place,
    begin_conversation,
    ensure_conversation,
    lock_conversation,
    publish_change,
    set_contact,
)
from stoa.contact.conversations.service.sending import Messages, keeping_messages
from stoa.contact.conversations.transcript import locale_of, render_messages, render_transcript

__all__ = [
    "Messages",
    "Place",
    "add_demo_replies",
    "add_message",
    "assign_caller",
    "assign_conversation",
    "begin_conversation",
    "change_card",
    "change_reply",
    "claim_conversation",
    "close_conversation",
    "count_call",
    "count_received",
    "drop_reply",
    "ensure_conversation",
    "keeping_messages",
    "locale_of",
    "lock_conversation",
    "mark_read",
    "publish_change",
    "render_messages",
    "render_transcript",
    "reopen_conversation",
    "request_transcript",
    "save_reply",
    "set_contact",
    "show_delivery",
    "take_unread_answers",
    "wait_for_answer",
]
