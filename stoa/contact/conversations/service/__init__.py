"""Writes about conversations. Plain messages go by group commit (`sending`), the rest one by one.

Each verb locks the conversation's row first, so that two agents, or an agent and a message, take
turns; what it publishes reaches the customer (`conversation:<id>`) and the agents' list (`desk`).
"""

from stoa.contact.conversations.attachments import (
    StoredAttachment,
    give_to_message,
    load_unsent,
    record_from_outside,
    store_from_outside,
)
from stoa.contact.conversations.attendance import AttendanceListener, keeping_attendance
from stoa.contact.conversations.macros import change_macro, drop_macro, save_macro
from stoa.contact.conversations.rules import clean_text
from stoa.contact.conversations.saved_replies import (
    add_demo_replies,
    change_reply,
    drop_reply,
    save_reply,
)
from stoa.contact.conversations.saved_views import (
    change_view,
    drop_view,
    order_views,
    save_view,
)
from stoa.contact.conversations.service.acting import perform_acts
from stoa.contact.conversations.service.automatic import (
    add_automatic_note,
    add_automatic_text,
    change_note_card,
)
from stoa.contact.conversations.service.calls import assign_caller, count_call, wait_for_answer
from stoa.contact.conversations.service.cards import (
    add_message,
    add_stranger_note,
    change_card,
    count_received,
    show_delivery,
)
from stoa.contact.conversations.service.due import DueWait, set_due
from stoa.contact.conversations.service.handling import (
    UnreadAnswers,
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
    hand_to_customer,
    lock_conversation,
    publish_change,
    set_contact,
)
from stoa.contact.conversations.service.routed import Told, free_conversation, route_conversation
from stoa.contact.conversations.service.sending import Messages, keeping_messages
from stoa.contact.conversations.service.snoozing import (
    next_waking,
    snooze_conversation,
    wake_conversation,
    wake_due,
)
from stoa.contact.conversations.tags import (
    change_tag,
    ensure_tag,
    hold_tags,
    merge_tag,
    remove_tag,
)
from stoa.contact.conversations.transcript import locale_of, render_messages, render_transcript

__all__ = [
    "AttendanceListener",
    "DueWait",
    "Messages",
    "Place",
    "StoredAttachment",
    "Told",
    "UnreadAnswers",
    "add_automatic_note",
    "add_automatic_text",
    "add_demo_replies",
    "add_message",
    "add_stranger_note",
    "assign_caller",
    "assign_conversation",
    "begin_conversation",
    "change_card",
    "change_macro",
    "change_note_card",
    "change_reply",
    "change_tag",
    "change_view",
    "claim_conversation",
    "clean_text",
    "close_conversation",
    "count_call",
    "count_received",
    "drop_macro",
    "drop_reply",
    "drop_view",
    "ensure_conversation",
    "ensure_tag",
    "free_conversation",
    "give_to_message",
    "hand_to_customer",
    "hold_tags",
    "keeping_attendance",
    "keeping_messages",
    "load_unsent",
    "locale_of",
    "lock_conversation",
    "mark_read",
    "merge_tag",
    "next_waking",
    "order_views",
    "perform_acts",
    "publish_change",
    "record_from_outside",
    "remove_tag",
    "render_messages",
    "render_transcript",
    "reopen_conversation",
    "request_transcript",
    "route_conversation",
    "save_macro",
    "save_reply",
    "save_view",
    "set_contact",
    "set_due",
    "show_delivery",
    "snooze_conversation",
    "store_from_outside",
    "take_unread_answers",
    "wait_for_answer",
    "wake_conversation",
    "wake_due",
]
