-- Erasing a person, sweeping and dropping bytes delete rows that others refer to; PostgreSQL looks
-- for each of those once per row. Without these it would read whole tables for every message.
CREATE INDEX external_name_message ON external_name (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX rating_message ON rating (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX call_message ON call (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX cobrowse_session_message ON cobrowse_session (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX proposal_message ON proposal (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX walk_message ON walk (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX attachment_blob ON attachment (blob_id);
CREATE INDEX attachment_preview ON attachment (preview_blob_id) WHERE preview_blob_id IS NOT NULL;
CREATE INDEX inbound_blob ON inbound (blob_id) WHERE blob_id IS NOT NULL;
CREATE INDEX call_recording_blob ON call_recording (blob_id) WHERE blob_id IS NOT NULL;
CREATE INDEX call_prompt_blob ON call_prompt (blob_id) WHERE blob_id IS NOT NULL;
CREATE INDEX customer_export_blob ON customer_export (blob_id) WHERE blob_id IS NOT NULL;
CREATE INDEX import_run_blob ON import_run (blob_id) WHERE blob_id IS NOT NULL;
CREATE INDEX picture_blob ON picture (blob_id) WHERE blob_id IS NOT NULL;
CREATE INDEX picture_rendition_blob ON picture_rendition (blob_id) WHERE blob_id IS NOT NULL;
-- What is looked for when a person is erased, exported or parted again.
CREATE INDEX attachment_conversation ON attachment (conversation_id)
    WHERE conversation_id IS NOT NULL;
CREATE INDEX attachment_visitor ON attachment (visitor_id) WHERE visitor_id IS NOT NULL;
CREATE INDEX inbound_conversation ON inbound (conversation_id) WHERE conversation_id IS NOT NULL;
CREATE INDEX inbound_sender ON inbound (lower(envelope ->> 'sender'))
    WHERE envelope ->> 'sender' <> '';
