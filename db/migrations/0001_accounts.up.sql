-- Names of unique indexes follow table_columns_key: SQLite reports columns, Postgres index names,
-- and UniqueName makes the same of both.

CREATE TABLE users (
  id                  {{.UUID}} NOT NULL PRIMARY KEY,
  username            text,
  username_key        text,
  password_hash       text,
  password_changed_at {{.Time}},
  auth_version        bigint NOT NULL,
  webauthn_handle     {{.Bytes}},
  language            text,
  disabled_at         {{.Time}},
  created_at          {{.Time}} NOT NULL,
  updated_at          {{.Time}} NOT NULL
);
CREATE UNIQUE INDEX users_username_key_key ON users (username_key) WHERE username_key IS NOT NULL;
CREATE UNIQUE INDEX users_webauthn_handle_key ON users (webauthn_handle);

CREATE TABLE addresses (
  id           {{.UUID}} NOT NULL PRIMARY KEY,
  user_id      {{.UUID}} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  email        text NOT NULL,
  address_key  text NOT NULL,
  is_primary   boolean NOT NULL,
  confirmed_at {{.Time}},
  created_at   {{.Time}} NOT NULL
);
-- A claim that nobody confirmed must not keep the address from its owner.
CREATE UNIQUE INDEX addresses_address_key_key ON addresses (address_key) WHERE is_primary OR confirmed_at IS NOT NULL;
CREATE UNIQUE INDEX addresses_user_id_key ON addresses (user_id) WHERE is_primary;
CREATE INDEX addresses_user_id_idx ON addresses (user_id);

CREATE TABLE roles (
  id          {{.UUID}} NOT NULL PRIMARY KEY,
  -- Names are read as one list, parted by spaces: a space in one would grant two.
  name        text NOT NULL CHECK (name <> '' AND replace(name, ' ', '') = name),
  description text,
  created_at  {{.Time}} NOT NULL
);
CREATE UNIQUE INDEX roles_name_key ON roles (name);

CREATE TABLE user_roles (
  user_id {{.UUID}} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  role_id {{.UUID}} NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
  PRIMARY KEY (user_id, role_id)
);
CREATE INDEX user_roles_role_id_idx ON user_roles (role_id);

CREATE TABLE role_permissions (
  role_id {{.UUID}} NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
  name    text NOT NULL,
  PRIMARY KEY (role_id, name)
);

CREATE TABLE remember_families (
  id            {{.UUID}} NOT NULL PRIMARY KEY,
  user_id       {{.UUID}} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  hash          {{.Bytes}} NOT NULL,
  previous_hash {{.Bytes}},
  rotated_at    {{.Time}},
  auth_version  bigint NOT NULL,
  methods       {{.JSON}} NOT NULL,
  user_agent    text,
  created_at    {{.Time}} NOT NULL,
  last_used_at  {{.Time}} NOT NULL,
  expires_at    {{.Time}} NOT NULL,
  revoked_at    {{.Time}}
);
CREATE UNIQUE INDEX remember_families_hash_key ON remember_families (hash);
CREATE INDEX remember_families_previous_hash_idx ON remember_families (previous_hash) WHERE previous_hash IS NOT NULL;
CREATE INDEX remember_families_user_id_idx ON remember_families (user_id);
CREATE INDEX remember_families_expires_at_idx ON remember_families (expires_at);

CREATE TABLE sessions (
  id             {{.UUID}} NOT NULL PRIMARY KEY,
  user_id        {{.UUID}} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  hash           {{.Bytes}} NOT NULL,
  previous_hash  {{.Bytes}},
  rotated_at     {{.Time}},
  auth_version   bigint NOT NULL,
  methods        {{.JSON}} NOT NULL,
  auth_at        {{.Time}},
  created_at     {{.Time}} NOT NULL,
  last_seen_at   {{.Time}} NOT NULL,
  expires_at     {{.Time}} NOT NULL,
  remember_id    {{.UUID}} REFERENCES remember_families (id) ON DELETE SET NULL,
  network        text,
  user_agent     text,
  revoked_at     {{.Time}},
  revoked_reason text
);
CREATE UNIQUE INDEX sessions_hash_key ON sessions (hash);
CREATE INDEX sessions_previous_hash_idx ON sessions (previous_hash) WHERE previous_hash IS NOT NULL;
CREATE INDEX sessions_user_id_idx ON sessions (user_id);
CREATE INDEX sessions_remember_id_idx ON sessions (remember_id) WHERE remember_id IS NOT NULL;
CREATE INDEX sessions_expires_at_idx ON sessions (expires_at);
CREATE INDEX sessions_last_seen_at_idx ON sessions (last_seen_at);

CREATE TABLE flows (
  id           {{.UUID}} NOT NULL PRIMARY KEY,
  kind         text NOT NULL,
  hash         {{.Bytes}} NOT NULL,
  user_id      {{.UUID}} REFERENCES users (id) ON DELETE CASCADE,
  auth_version bigint NOT NULL,
  data         {{.Bytes}},
  tries        bigint NOT NULL,
  created_at   {{.Time}} NOT NULL,
  expires_at   {{.Time}} NOT NULL
);
CREATE UNIQUE INDEX flows_hash_key ON flows (hash);
CREATE INDEX flows_user_id_idx ON flows (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX flows_expires_at_idx ON flows (expires_at);

CREATE TABLE tokens (
  id           {{.UUID}} NOT NULL PRIMARY KEY,
  purpose      text NOT NULL,
  user_id      {{.UUID}} REFERENCES users (id) ON DELETE CASCADE,
  address      text,
  auth_version bigint NOT NULL,
  hash         {{.Bytes}} NOT NULL,
  code_hash    {{.Bytes}},
  tries        bigint NOT NULL,
  -- No foreign key: once the flow is spent, SET NULL would free the token from the browser it is
  -- bound to, and CASCADE would forget that it was used.
  flow_id      {{.UUID}},
  created_at   {{.Time}} NOT NULL,
  expires_at   {{.Time}} NOT NULL,
  used_at      {{.Time}}
);
CREATE UNIQUE INDEX tokens_hash_key ON tokens (hash);
CREATE INDEX tokens_user_id_idx ON tokens (user_id, purpose) WHERE user_id IS NOT NULL;
CREATE INDEX tokens_flow_id_idx ON tokens (flow_id) WHERE flow_id IS NOT NULL;
CREATE INDEX tokens_expires_at_idx ON tokens (expires_at);

CREATE TABLE attempts (
  attempt_key  {{.Bytes}} NOT NULL PRIMARY KEY,
  action       text NOT NULL,
  failures     bigint NOT NULL,
  first_at     {{.Time}} NOT NULL,
  last_at      {{.Time}} NOT NULL,
  locked_until {{.Time}}
);
CREATE INDEX attempts_last_at_idx ON attempts (last_at);

CREATE TABLE devices (
  id            {{.UUID}} NOT NULL PRIMARY KEY,
  user_id       {{.UUID}} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  hash          {{.Bytes}} NOT NULL,
  name          text,
  user_agent    text,
  trusted_until {{.Time}},
  created_at    {{.Time}} NOT NULL,
  last_seen_at  {{.Time}} NOT NULL
);
-- Two people may share a browser.
CREATE UNIQUE INDEX devices_user_id_hash_key ON devices (user_id, hash);
CREATE INDEX devices_last_seen_at_idx ON devices (last_seen_at);

CREATE TABLE outbox (
  id           {{.UUID}} NOT NULL PRIMARY KEY,
  kind         text NOT NULL,
  sealed       {{.Bytes}},
  attempts     bigint NOT NULL,
  created_at   {{.Time}} NOT NULL,
  run_at       {{.Time}} NOT NULL,
  leased_until {{.Time}},
  done_at      {{.Time}},
  failure      text
);
CREATE INDEX outbox_run_at_idx ON outbox (run_at, id) WHERE done_at IS NULL;
CREATE INDEX outbox_done_at_idx ON outbox (done_at) WHERE done_at IS NOT NULL;

-- No foreign keys: what happened to an account is still to be known when the account is gone.
CREATE TABLE audit (
  id         {{.UUID}} NOT NULL PRIMARY KEY,
  user_id    {{.UUID}},
  actor_id   {{.UUID}},
  event      text NOT NULL,
  details    {{.JSON}},
  session_id {{.UUID}},
  network    text,
  user_agent text,
  created_at {{.Time}} NOT NULL
);
CREATE INDEX audit_user_id_created_at_idx ON audit (user_id, created_at);
CREATE INDEX audit_created_at_idx ON audit (created_at);
