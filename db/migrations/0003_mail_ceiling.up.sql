ALTER TABLE outbox ADD COLUMN recipient {{.Bytes}};
CREATE INDEX outbox_recipient_created_at_idx ON outbox (recipient, created_at);
