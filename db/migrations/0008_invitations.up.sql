CREATE TABLE invitations (
  id          {{.UUID}} NOT NULL PRIMARY KEY,
  email       text NOT NULL,
  address_key text NOT NULL,
  role        text,
  -- What somebody has sent goes with them: SET NULL would make it the operator's, who may do more.
  invited_by  {{.UUID}} REFERENCES users (id) ON DELETE CASCADE,
  created_at  {{.Time}} NOT NULL,
  sent_at     {{.Time}} NOT NULL,
  expires_at  {{.Time}} NOT NULL,
  accepted_at {{.Time}},
  accepted_by {{.UUID}} REFERENCES users (id) ON DELETE SET NULL,
  revoked_at  {{.Time}}
);
-- Of whoever invites, one invitation to an address is open at a time.
CREATE UNIQUE INDEX invitations_invited_by_address_key_key ON invitations (invited_by, address_key) WHERE accepted_at IS NULL AND revoked_at IS NULL;
CREATE INDEX invitations_invited_by_idx ON invitations (invited_by, id) WHERE invited_by IS NOT NULL;
CREATE INDEX invitations_accepted_by_idx ON invitations (accepted_by) WHERE accepted_by IS NOT NULL;
CREATE INDEX invitations_expires_at_idx ON invitations (expires_at);
