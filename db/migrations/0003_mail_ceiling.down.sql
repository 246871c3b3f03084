DROP INDEX outbox_recipient_created_at_idx;
ALTER TABLE outbox DROP COLUMN recipient;
