-- Where nobody has an address, a token is written and replaced as for somebody: by the address, and
-- as quickly, or else the time would tell which.
CREATE INDEX tokens_address_idx ON tokens (address, purpose) WHERE user_id IS NULL;
