//! The key of this installation (`ONBEAT_KEY`): 32 bytes from which every purpose derives a key of its own.
//!
//! It is set, or lies as `onbeat.key` beside the SQLite file, where it is made once. Nothing prints it.

mod seal;

use std::fmt;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::secret::Secret;

pub use seal::{OtherKey, Sealer};

/// The file's name, beside the database.
pub const FILE: &str = "onbeat.key";

const LENGTH: usize = 32;

/// As `openssl rand -base64 32` writes it; the padding may have been lost on the way.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Why there is no key. Never holds one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The setting can't be one.
    #[error("ONBEAT_KEY is not usable: expected 32 bytes in base64, as `openssl rand -base64 32` prints them")]
    BadSetting,
    /// There is no file beside which to make one.
    #[error("ONBEAT_KEY is not set, and with this database it must be: make one with `openssl rand -base64 32`")]
    Needed,
    /// The file holds something else.
    #[error(
        "{0} holds no key (32 bytes in base64): put the backup of it back, or delete it and restart; a new one ends all \
         calendar links"
    )]
    Malformed(PathBuf),
    /// The file can't be read.
    #[error("can't read {0} ({1}); make it readable for the user who runs onbeat")]
    Unreadable(PathBuf, #[source] std::io::Error),
    /// The file can't be made.
    #[error("can't make {0} ({1}); make its folder writable for the user who runs onbeat, or set ONBEAT_KEY")]
    CantMake(PathBuf, #[source] std::io::Error),
    /// The machine has no randomness to give.
    #[error("this machine gives no randomness to make a key of ({0}); set ONBEAT_KEY")]
    NoRandomness(getrandom::Error),
}

/// The key itself. Its `Debug` says nothing.
#[derive(Clone)]
pub struct Key([u8; LENGTH]);

/// A key, and what is to be said about where it was found.
#[derive(Debug)]
pub struct Found {
    /// The key.
    pub key: Key,
    /// What whoever runs onbeat should mend.
    pub warning: Option<String>,
}

impl Key {
    /// The key that is set, else the one in the file beside `database`, which is made where it is missing.
    ///
    /// # Errors
    /// [`KeyError`]; no key is ever replaced.
    pub fn find(setting: Option<&Secret>, database: Option<&Path>) -> Result<Found, KeyError> {
        match (setting, database) {
            (Some(text), _) => {
                let key = Key::read(text.reveal()).ok_or(KeyError::BadSetting)?;
                Ok(Found { key, warning: None })
            }
            (None, Some(database)) => in_file(&database.with_file_name(FILE)),
            (None, None) => Err(KeyError::Needed),
        }
    }

    /// A key for one purpose: HKDF-Expand (RFC 5869) of one block, whose first step a key that is random needs not.
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        mac(&self.0, &[purpose.as_bytes(), &[1]])
    }

    fn read(text: &str) -> Option<Key> {
        BASE64.decode(text.trim()).ok()?.try_into().ok().map(Key)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

/// HMAC-SHA256 over the parts, one after the other.
pub fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

fn in_file(path: &Path) -> Result<Found, KeyError> {
    match std::fs::read(path) {
        Ok(text) => {
            let key = std::str::from_utf8(&text).ok().and_then(Key::read);
            let key = key.ok_or_else(|| KeyError::Malformed(path.to_owned()))?;
            Ok(Found { key, warning: too_open(path) })
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            make(path)?;
            // Whoever was faster has made it: one key for all.
            match path.exists() {
                true => in_file(path),
                false => Err(KeyError::CantMake(path.to_owned(), ErrorKind::NotFound.into())),
            }
        }
        Err(error) => Err(KeyError::Unreadable(path.to_owned(), error)),
    }
}

/// Written whole under another name (mode 0600), then named rightly unless the name is taken: nobody reads half a key, and
/// of two programs that start at once, one wins.
fn make(path: &Path) -> Result<(), KeyError> {
    let cant = |error: std::io::Error| KeyError::CantMake(path.to_owned(), error);
    let mut bytes = [0; LENGTH];
    getrandom::fill(&mut bytes).map_err(KeyError::NoRandomness)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".onbeat-key-").tempfile_in(folder).map_err(cant)?;
    writeln!(file, "{}", BASE64.encode(bytes)).map_err(cant)?;
    file.as_file().sync_all().map_err(cant)?;
    match file.persist_noclobber(path) {
        Ok(_) => {}
        Err(taken) if taken.error.kind() == ErrorKind::AlreadyExists => {}
        Err(other) => return Err(cant(other.error)),
    }
    // The name too must outlive a power cut: links that were given out hang on it.
    std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(cant)
}

#[cfg(unix)]
fn too_open(path: &Path) -> Option<String> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path).ok()?.permissions().mode();
    (mode & 0o077 != 0).then(|| {
        let path = path.display();
        format!("{path} can be read or changed by others on this machine: run `chmod 600 {path}`")
    })
}

#[cfg(not(unix))]
fn too_open(_path: &Path) -> Option<String> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().expect("a temporary folder")
    }

    fn found(folder: &tempfile::TempDir) -> Result<Found, KeyError> {
        Key::find(None, Some(&folder.path().join("onbeat.db")))
    }

    #[test]
    fn a_key_that_is_set_wins_and_makes_no_file() {
        let folder = folder();
        for text in [GOOD, GOOD.trim_end_matches('=')] {
            let setting = Secret::from(text);
            let found = Key::find(Some(&setting), Some(&folder.path().join("onbeat.db"))).expect("a good key");
            assert_eq!(found.key.0[..4], [0, 1, 2, 3]);
        }
        assert!(!folder.path().join(FILE).exists());
        for bad in ["", "AAEC", "not base64, by any means, whichever way you look", &format!("{GOOD}AA")] {
            let error = Key::find(Some(&Secret::from(bad)), None).expect_err(bad).to_string();
            assert!(bad.is_empty() || !error.contains(bad), "{error}");
        }
        assert!(matches!(Key::find(None, None), Err(KeyError::Needed)));
    }

    #[test]
    fn the_file_is_made_once_for_its_owner_alone() {
        let folder = folder();
        let first = found(&folder).expect("made").key;
        let again = found(&folder).expect("read");
        assert_eq!((first.0, again.warning), (again.key.0, None));
        let names: Vec<_> =
            std::fs::read_dir(folder.path()).expect("a folder").map(|e| e.unwrap().file_name()).collect();
        assert_eq!(names, [FILE], "nothing is left lying about");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let path = folder.path().join(FILE);
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
            let warning = found(&folder).expect("read").warning.expect("a warning");
            assert!(warning.contains("chmod 600") && warning.contains(FILE), "{warning}");
        }
    }

    #[test]
    fn of_many_who_make_it_at_once_all_read_the_same() {
        let folder = folder();
        let database = folder.path().join("onbeat.db");
        let start = std::sync::Barrier::new(8);
        let keys: Vec<[u8; 32]> = std::thread::scope(|scope| {
            let one = || {
                start.wait();
                Key::find(None, Some(&database)).expect("a key").key.0
            };
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(one)).collect();
            threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
        });
        assert!(keys.iter().all(|key| *key == keys[0]));
    }

    #[test]
    fn a_file_that_holds_no_key_is_named_and_left_alone() {
        let folder = folder();
        let path = folder.path().join(FILE);
        for bad in [&b""[..], b"c2hvcnQ=", b"\xff\xfe"] {
            std::fs::write(&path, bad).unwrap();
            let error = found(&folder).expect_err("no key").to_string();
            assert!(error.contains(&path.display().to_string()), "{error}");
            assert_eq!(std::fs::read(&path).unwrap(), bad);
        }
    }

    #[test]
    fn purposes_have_keys_of_their_own_and_nothing_shows_any() {
        let key = Key::read(GOOD).expect("a key");
        assert_ne!(key.derive("a"), key.derive("b"));
        assert_eq!(format!("{key:?}"), "Key(…)");
    }
}
