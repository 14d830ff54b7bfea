//! A PostgreSQL schema of one test's own, which goes with it. The tests from outside take this file in too.

use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// The schema, in the database that `ONBEAT_TEST_POSTGRES` names.
pub struct Schema {
    server: String,
    name: String,
}

impl Schema {
    /// A new one. Without the variable the test fails: none is ever skipped in silence.
    pub async fn new() -> Schema {
        #[expect(clippy::disallowed_methods, reason = "where the tests' PostgreSQL is, scripts/test says alone")]
        let server = std::env::var("ONBEAT_TEST_POSTGRES");
        let server = server.expect("ONBEAT_TEST_POSTGRES names a PostgreSQL for the tests; scripts/test starts one");
        let schema = Schema { server, name: format!("test_{}", uuid::Uuid::new_v4().simple()) };
        schema.at_the_server(format!("CREATE SCHEMA {}", schema.name)).await;
        schema
    }

    /// The `DATABASE_URL` of it. The connections are told apart by the same name.
    pub fn url(&self) -> String {
        let and = if self.server.contains('?') { '&' } else { '?' };
        format!("{}{and}application_name={name}&options=-csearch_path%3D{name}", self.server, name = self.name)
    }

    /// One more connection to it.
    #[allow(dead_code, reason = "not every test binary's story needs it")]
    pub async fn connect(&self) -> PgConnection {
        PgConnection::connect(&self.url()).await.expect("connects")
    }

    /// Ends every connection to it, as a restart of the server would.
    #[allow(dead_code, reason = "not every test binary's story needs it")]
    pub async fn disconnect_all(&self) {
        let all = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name =";
        self.at_the_server(format!("{all} '{}'", self.name)).await;
    }

    async fn at_the_server(&self, sql: String) {
        let mut connection = PgConnection::connect(&self.server).await.expect("ONBEAT_TEST_POSTGRES answers");
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.expect("done");
        connection.close().await.expect("closes");
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        // A thread of its own: the test's run time may be about to end.
        let dropped = std::thread::scope(|scope| scope.spawn(|| self.drop_now()).join());
        assert!(dropped.is_ok() || std::thread::panicking(), "the schema {} was not dropped", self.name);
    }
}

impl Schema {
    fn drop_now(&self) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a run time");
        runtime.block_on(async {
            self.disconnect_all().await;
            self.at_the_server(format!("DROP SCHEMA IF EXISTS {} CASCADE", self.name)).await;
        });
    }
}
