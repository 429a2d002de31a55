"""The tables that join the parts. Adding a feature means adding its rows here."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial

from starlette.routing import BaseRoute

from stoa.assist.proposals import commands as proposals
from stoa.assist.proposals import reactions as proposal_reactions
from stoa.assist.proposals import router as proposals_api
from stoa.assist.radar import commands as radar
from stoa.assist.radar import reactions as radar_reactions
from stoa.assist.radar import router as radar_api
from stoa.assist.radar.commands import VisitListener
from stoa.assist.radar.service import keeping_radar
from stoa.assist.walks import commands as walks
from stoa.assist.walks import reactions as walk_reactions
from stoa.assist.walks import router as walks_api
from stoa.commerce.cart import commands as cart
from stoa.commerce.cart import reactions as cart_reactions
from stoa.commerce.catalogue import commands as imports
from stoa.commerce.catalogue import jobs as catalogue_jobs
from stoa.commerce.catalogue import reactions as catalogue
from stoa.commerce.catalogue import router as catalogue_router
from stoa.commerce.catalogue.demo import jobs as demo
from stoa.commerce.checkout.service import finish_attempts_periodically
from stoa.commerce.orders import commands as order_topics
from stoa.commerce.orders import jobs as order_jobs
from stoa.commerce.orders import reactions as order_reactions
from stoa.commerce.orders import router as orders
from stoa.commerce.orders.models import CAPTURE_JOB, VOID_JOB
from stoa.commerce.search import reactions as search
from stoa.commerce.shipping import router as shipping
from stoa.commerce.shops import router as shops
from stoa.contact.automation import commands as automation
from stoa.contact.automation import jobs as automation_jobs
from stoa.contact.automation import reactions as automation_reactions
from stoa.contact.automation import router as automation_api
from stoa.contact.calls import commands as calls
from stoa.contact.calls import reactions as call_reactions
from stoa.contact.calls import router as calls_api
from stoa.contact.calls.jobs import (
    DROP_JOB,
    drop_recorded_blob,
    expire_recordings,
    keeping_prompts,
)
from stoa.contact.calls.media.service import keeping_media, media_of
from stoa.contact.calls.queries import look_at_call
from stoa.contact.calls.service import CallListener, keeping_calls
from stoa.contact.channels import commands as channels
from stoa.contact.channels import jobs as channel_jobs
from stoa.contact.channels import reactions as channel_reactions
from stoa.contact.channels import router as chooser
from stoa.contact.channels.lines import keeping_lines, keeping_mail_reception
from stoa.contact.channels.models import Channel
from stoa.contact.channels.queries import look_at_chat, look_at_message
from stoa.contact.channels.service import keeping_counter
from stoa.contact.cobrowse import commands as cobrowse
from stoa.contact.cobrowse import reactions as cobrowse_reactions
from stoa.contact.conversations import commands as conversations
from stoa.contact.conversations import reactions as conversation_reactions
from stoa.contact.conversations import router as attachments
from stoa.contact.conversations.jobs import keeping_snoozes, sweep_unsent
from stoa.contact.conversations.service import (
    AttendanceListener,
    keeping_attendance,
    keeping_messages,
)
from stoa.contact.ratings import commands as ratings
from stoa.contact.ratings import reactions as rating_reactions
from stoa.contact.ratings.jobs import ASK_JOB as RATING_JOB
from stoa.contact.ratings.jobs import ask_later
from stoa.contact.routing import commands as routing
from stoa.contact.routing import router as routing_api
from stoa.contact.routing.service import PresenceListener, keeping_presence, keeping_routing
from stoa.contact.service_levels import router as service_levels
from stoa.contact.service_levels.service import keeping_service_levels
from stoa.desk import router as desk
from stoa.desk.customers import exporting
from stoa.desk.customers import reactions as page_reactions
from stoa.desk.search.jobs import keeping_search
from stoa.embed import router as embed
from stoa.notices.confirming import CONFIRM_JOB, ask_owner, send_confirmation
from stoa.notices.conversations import (
    ANSWERS_JOB,
    TRANSCRIPT_JOB,
    mail_answers_periodically,
    mail_transcript,
    send_answers,
    send_transcript,
)
from stoa.notices.orders import MAIL_JOB, send_order_mail, tell_customer
from stoa.notices.proving import CODE_JOB, send_code, send_code_later
from stoa.notices.sms import SMS_JOB, queue_order_sms, text_customer
from stoa.notices.staff import STAFF_JOB, mail_stopped, mail_told, send_staff_mail
from stoa.people import hearing
from stoa.people.actors import resolve_actor
from stoa.people.consent import reactions as consent_reactions
from stoa.people.consent.jobs import forget_unanswered
from stoa.people.customers import reactions as customer_reactions
from stoa.people.customers import router as customers
from stoa.people.identity import router as identity
from stoa.people.identity.jobs import sweep_sign_in
from stoa.people.identity.lines import watching_sessions
from stoa.platform.jobs import dropping
from stoa.platform.jobs.forgetting import FORGET_JOB, forget_topics
from stoa.platform.jobs.tidying import tidy_periodically
from stoa.platform.jobs.worker import JobHandler, Periodic
from stoa.platform.node import Node
from stoa.platform.outbox.event import Event, Reaction
from stoa.platform.outbox.pruning import prune_periodically
from stoa.platform.realtime.registry import (
    Command,
    ConnectionListener,
    Registry,
    SignalRule,
    SignalType,
    TopicRule,
)
from stoa.platform.web import assets
from stoa.storefront import router as storefront

# HTTP: every feature's routes, in the order they are tried.
ROUTES: Sequence[BaseRoute] = [
    *storefront.ROUTES,
    *assets.ROUTES,
    *embed.ROUTES,
    *identity.ROUTES,
    *customers.ROUTES,
    *orders.ROUTES,
    *shops.ROUTES,
    *catalogue_router.ROUTES,
    *shipping.ROUTES,
    *attachments.ROUTES,
    *routing_api.ROUTES,
    *service_levels.ROUTES,
    *chooser.ROUTES,
    *calls_api.ROUTES,
    *automation_api.ROUTES,
    *radar_api.ROUTES,
    *proposals_api.ROUTES,
    *walks_api.ROUTES,
    *desk.ROUTES,
]

# Event type -> reactions, run in the transaction that published the event.
SUBSCRIBERS: Mapping[str, Sequence[Reaction]] = {
    "visitor.known": [conversation_reactions.know_customer, order_reactions.know_customer],
    "customer.merged": [conversation_reactions.follow_merge, order_reactions.follow_merge],
    # Whoever refers to a message goes before the messages.
    "customer.erased": [
        consent_reactions.forget_person,
        proposal_reactions.forget_person,
        walk_reactions.forget_person,
        radar_reactions.forget_person,
        cobrowse_reactions.forget_person,
        call_reactions.forget_person,
        # Who writes into a conversation holds it before what they write beside it.
        conversation_reactions.hold_person,
        automation_reactions.forget_person,
        channel_reactions.forget_person,
        rating_reactions.forget_person,
        conversation_reactions.forget_person,
        cart_reactions.forget_person,
        order_reactions.forget_person,
        customer_reactions.close_browsers,
    ],
    "customer.unmerged": [
        conversation_reactions.follow_unmerge,
        channel_reactions.follow_unmerge,
        order_reactions.follow_unmerge,
    ],
    "consent.requested": [ask_owner],
    "point.proof_asked": [send_code_later],
    "transcript.requested": [mail_transcript],
    "message.added": [
        rating_reactions.hear_number,
        rating_reactions.hear_reopening,
        page_reactions.show_note,
    ],
    "conversation.closed": [rating_reactions.ask_after_closing],
    "conversation.tagged": [automation_reactions.hear_tags],
    "staff.told": [mail_told],
    "webhook.stopped": [mail_stopped],
    "stock.changed": [catalogue.show_stock],
    "product.changed": [search.index_changed],
    "order.placed": [tell_customer, page_reactions.show_order],
    "order.paid": [tell_customer, page_reactions.show_order],
    "order.payment_refused": [text_customer, page_reactions.show_order],
    "order.shipped": [tell_customer, text_customer, page_reactions.show_order],
    "order.cancelled": [tell_customer, page_reactions.show_order],
    "order.reassigned": [page_reactions.show_order],
    "call.listed": [page_reactions.show_call],
}

# Job name -> handler (at least once, so handlers are idempotent).
JOBS: Mapping[str, JobHandler] = {
    FORGET_JOB: forget_topics,
    dropping.DROP_JOB: dropping.drop,
    exporting.EXPORT_JOB: exporting.make_export,
    TRANSCRIPT_JOB: send_transcript,
    RATING_JOB: ask_later,
    ANSWERS_JOB: send_answers,
    catalogue_jobs.IMPORT_JOB: catalogue_jobs.run_import,
    catalogue_jobs.FETCH_JOB: catalogue_jobs.fetch_pictures,
    catalogue_jobs.RENDER_JOB: catalogue_jobs.render_pictures,
    CAPTURE_JOB: order_jobs.capture_payment,
    VOID_JOB: order_jobs.void_payment,
    CONFIRM_JOB: send_confirmation,
    CODE_JOB: send_code,
    MAIL_JOB: send_order_mail,
    SMS_JOB: queue_order_sms,
    STAFF_JOB: send_staff_mail,
    demo.DRAW_JOB: demo.draw,
    DROP_JOB: drop_recorded_blob,
    automation_jobs.RUN_JOB: automation_jobs.run_rules,
    automation_jobs.DELIVER_JOB: automation_jobs.deliver_webhook,
}

# Job name -> when and what, once over all nodes.
PERIODIC: Mapping[str, Periodic] = {
    "catalogue.resume_pictures": Periodic("* * * * *", catalogue_jobs.resume_pictures),
    "notice.mail_answers": Periodic("* * * * *", mail_answers_periodically),
    "checkout.finish_attempts": Periodic("* * * * *", finish_attempts_periodically),
    "order.expire_unpaid": Periodic("*/5 * * * *", order_jobs.expire_unpaid_periodically),
    "order.forget_restricted": Periodic("33 3 * * *", order_jobs.forget_restricted_periodically),
    "sign_in.sweep": Periodic("43 3 * * *", sweep_sign_in),
    "inbound.read_left_behind": Periodic("* * * * *", channel_jobs.read_left_behind),
    "receipt.drop_old": Periodic("33 3 * * *", channel_jobs.drop_old_receipts),
    "channel.forget_over": Periodic("47 3 * * *", channel_jobs.forget_what_is_over),
    "attachment.sweep": Periodic("17 * * * *", sweep_unsent),
    "walk.end_overdue": Periodic("* * * * *", walks.end_overdue_periodically),
    "recording.expire": Periodic("13 2 * * *", expire_recordings),
    "rule.find_waiting": Periodic("* * * * *", automation_jobs.find_waiting_periodically),
    "rule.tidy": Periodic("37 3 * * *", automation_jobs.tidy_runs_periodically),
    "webhook.deliver_due": Periodic("* * * * *", automation_jobs.deliver_due_periodically),
    "consent.forget_unanswered": Periodic("7 3 * * *", forget_unanswered),
    "customer.expire_exports": Periodic("53 3 * * *", exporting.expire_exports),
    "event.prune": Periodic("23 3 * * *", prune_periodically),
    "job.tidy": Periodic("43 3 * * *", tidy_periodically),
}

# The ways to reach the shop, in the order in which the chooser shows them.
CHANNELS: Sequence[Channel] = [
    Channel("chat", look_at_chat),
    Channel("call", look_at_call),
    Channel("message", look_at_message),
]

# What features hold and run for as long as the node does, begun in this order and ended backwards.
PARTS: Sequence[Callable[[Node], AbstractAsyncContextManager[None]]] = [
    watching_sessions,
    keeping_media,
    keeping_messages,
    keeping_attendance,
    keeping_service_levels,
    keeping_presence,
    keeping_snoozes,
    keeping_search,
    keeping_routing,
    partial(keeping_counter, channels=CHANNELS),
    keeping_lines,
    keeping_mail_reception,
    keeping_radar,
    keeping_prompts,
    partial(keeping_calls, engine_of=media_of),
    *cobrowse.PARTS,
    automation_jobs.keeping_rules,
]

# Socket: what a client may ask for, each with its input, its handler and its answer.
SOCKET_COMMANDS: Sequence[Command] = [
    *conversations.COMMANDS,
    *ratings.COMMANDS,
    *channels.COMMANDS,
    *routing.COMMANDS,
    *radar.COMMANDS,
    *proposals.COMMANDS,
    *walks.COMMANDS,
    *calls.COMMANDS,
    *cobrowse.COMMANDS,
]

# Socket: fleeting things a client may send.
SOCKET_SIGNALS: Sequence[SignalRule] = [
    *conversations.SIGNALS,
    *radar.SIGNALS,
    *calls.SIGNALS,
    *cobrowse.SIGNALS,
]

# Topic prefix -> who may hear it.
TOPICS: Sequence[TopicRule] = [
    *imports.TOPICS,
    *conversations.TOPICS,
    *routing.TOPICS,
    *channels.TOPICS,
    *radar.TOPICS,
    *calls.TOPICS,
    *cobrowse.TOPICS,
    *automation.TOPICS,
    *hearing.TOPICS,
    *cart.TOPICS,
    *order_topics.TOPICS,
]

# What travels on topics, for the types of the front end: events from the log, and signals.
EVENTS: Sequence[type[Event]] = [
    *imports.EVENTS,
    *conversations.EVENTS,
    *routing.EVENTS,
    *hearing.EVENTS,
    *proposals.EVENTS,
    *walks.EVENTS,
    *service_levels.EVENTS,
    *ratings.EVENTS,
    *calls.EVENTS,
    *cobrowse.EVENTS,
    *automation.EVENTS,
    *cart.EVENTS,
    *order_topics.EVENTS,
]
SIGNAL_TYPES: Sequence[SignalType] = [
    *conversations.SIGNAL_TYPES,
    *routing.SIGNAL_TYPES,
    *channels.SIGNAL_TYPES,
    *radar.SIGNAL_TYPES,
    *calls.SIGNAL_TYPES,
    *cobrowse.SIGNAL_TYPES,
]

# Who hears of every connection's beginning and end.
CONNECTION_LISTENERS: Sequence[ConnectionListener] = [
    PresenceListener(),
    AttendanceListener(),
    VisitListener(),
    CallListener(),
]

REALTIME = Registry(
    resolve_actor=resolve_actor,
    commands=SOCKET_COMMANDS,
    signals=SOCKET_SIGNALS,
    topics=TOPICS,
    events=EVENTS,
    signal_types=SIGNAL_TYPES,
    listeners=CONNECTION_LISTENERS,
)
