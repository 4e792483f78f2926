"""The database: SQLAlchemy Core, guarded updates, Alembic migrations."""
