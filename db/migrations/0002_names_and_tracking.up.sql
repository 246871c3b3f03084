ALTER TABLE users ADD COLUMN username_skeleton text;
ALTER TABLE users ADD COLUMN sign_in_count bigint NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN current_sign_in_at {{.Time}};
ALTER TABLE users ADD COLUMN current_sign_in_network text;
ALTER TABLE users ADD COLUMN last_sign_in_at {{.Time}};
ALTER TABLE users ADD COLUMN last_sign_in_network text;
CREATE UNIQUE INDEX users_username_skeleton_key ON users (username_skeleton) WHERE username_skeleton IS NOT NULL;
