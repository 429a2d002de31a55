"""Writes about calls: a verb opens the board, changes calls by pure rules, and settles."""

from stoa.contact.calls.service.accept import accept_call, accept_offer
from stoa.contact.calls.service.board import Board, Desk, open_board
from stoa.contact.calls.service.callback import ask_callback, close_callback
from stoa.contact.calls.service.cards import refresh_card
from stoa.contact.calls.service.decline import decline_call, decline_offer
from stoa.contact.calls.service.hang_up import hang_up
from stoa.contact.calls.service.hold import hold_call, mute_leg, show_sight
from stoa.contact.calls.service.lines import (
    come_back,
    line_is,
    nodes_gone,
    page_gone,
    sound_failed,
    speak_from,
    sweep_calls,
)
from stoa.contact.calls.service.recording import (
    answer_recording,
    delete_recording,
    record_call,
    recording_announced,
    take_back_recording,
)
from stoa.contact.calls.service.ring import ring_customer
from stoa.contact.calls.service.settling import settle
from stoa.contact.calls.service.start import start_call
from stoa.contact.calls.service.supervise import stop_supervising, supervise_call
from stoa.contact.calls.service.switchboard import CallListener, Switchboard, keeping_calls
from stoa.contact.calls.service.transfer import ask_colleague, cancel_transfer, complete_transfer
from stoa.contact.calls.service.voicemail import finish_voicemail, leave_voicemail, tone_heard

__all__ = [
    "Board",
    "CallListener",
    "Desk",
    "Switchboard",
    "accept_call",
    "accept_offer",
    "answer_recording",
    "ask_callback",
    "ask_colleague",
    "cancel_transfer",
    "close_callback",
    "come_back",
    "complete_transfer",
    "decline_call",
    "decline_offer",
    "delete_recording",
    "finish_voicemail",
    "hang_up",
    "hold_call",
    "keeping_calls",
    "leave_voicemail",
    "line_is",
    "mute_leg",
    "nodes_gone",
    "open_board",
    "page_gone",
    "record_call",
    "recording_announced",
    "refresh_card",
    "ring_customer",
    "settle",
    "show_sight",
    "sound_failed",
    "speak_from",
    "start_call",
    "stop_supervising",
    "supervise_call",
    "sweep_calls",
    "take_back_recording",
    "tone_heard",
]
