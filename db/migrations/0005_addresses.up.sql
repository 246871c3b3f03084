ALTER TABLE addresses ADD COLUMN replaces boolean NOT NULL DEFAULT false;
ALTER TABLE addresses ADD COLUMN held_until {{.Time}};
CREATE INDEX addresses_held_until_idx ON addresses (held_until) WHERE held_until IS NOT NULL;
