CREATE TABLE former_usernames (
  username_key      text NOT NULL PRIMARY KEY,
  username_skeleton text NOT NULL,
  -- A name stays kept when the account that had it is gone.
  user_id           {{.UUID}} REFERENCES users (id) ON DELETE SET NULL,
  held_until        {{.Time}} NOT NULL
);
CREATE INDEX former_usernames_username_skeleton_idx ON former_usernames (username_skeleton);
CREATE INDEX former_usernames_user_id_idx ON former_usernames (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX former_usernames_held_until_idx ON former_usernames (held_until);
