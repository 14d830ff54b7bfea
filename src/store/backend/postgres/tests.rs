//! PostgreSQL alone: the database, the migrations, the words for what goes wrong.
