DROP INDEX tokens_address_idx;
