// Package db holds Gatehouse's tables: their Bun models, [Open] for Postgres and SQLite, and the
// migrations that bring a database to the shape the models expect.
package db
