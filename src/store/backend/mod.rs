//! What differs between the kinds of database; what they share is in `store/sql/`.

#![expect(clippy::duplicate_mod, reason = "store/sql is written once and compiled for each backend, with its types")]

pub(super) mod postgres;
pub(super) mod sqlite;

#[cfg(test)]
mod tests {
    use std::path::Path;

    /// What the migrations do is compared by PostgreSQL's own tests; these numbers are compared without one.
    #[test]
    fn every_backend_has_every_migration() {
        let names = |backend: &str| {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(backend);
            let entries = std::fs::read_dir(folder).expect("a folder of migrations");
            let mut names: Vec<_> = entries.map(|entry| entry.expect("an entry").file_name()).collect();
            names.sort();
            names
        };
        assert_eq!(names("sqlite"), names("postgres"), "scripts/postgres-migration writes what is missing");
    }
}
