-- Nobody is left to let go of what was given up.
DELETE FROM addresses WHERE held_until IS NOT NULL;
DROP INDEX addresses_held_until_idx;
ALTER TABLE addresses DROP COLUMN held_until;
ALTER TABLE addresses DROP COLUMN replaces;
