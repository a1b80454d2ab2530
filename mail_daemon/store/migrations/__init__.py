"""The database's history: one file in `versions/` for each change, applied in order by `migrate.upgrade`."""
