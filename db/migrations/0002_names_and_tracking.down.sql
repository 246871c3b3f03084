DROP INDEX users_username_skeleton_key;
ALTER TABLE users DROP COLUMN last_sign_in_network;
ALTER TABLE users DROP COLUMN last_sign_in_at;
ALTER TABLE users DROP COLUMN current_sign_in_network;
ALTER TABLE users DROP COLUMN current_sign_in_at;
ALTER TABLE users DROP COLUMN sign_in_count;
ALTER TABLE users DROP COLUMN username_skeleton;
