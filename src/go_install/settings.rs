//! What Go's own settings say of proxies and of the checksum database: in the environment, else in the file that
//! `go env -w` writes.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use super::error::InstallError;
use crate::fetch::{Address, ProxyList};
use crate::host::Host;
use crate::sumdb::VerifierKey;

/// The database that Go asks where nothing else is set, and its key.
///
/// Source: `knownGOSUMDB` in Go's `cmd/go/internal/modfetch/key.go`.
const DEFAULT_SUMDB: &str = "sum.golang.org";
const DEFAULT_KEY: &str = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
/// Its other name, by which the same is asked elsewhere.
const OTHER_NAME: &str = "sum.golang.google.cn";

/// Who is asked for toolchains, and who vouches for them.
#[derive(Clone, Debug)]
pub struct Settings {
    /// GOPROXY.
    pub proxies: ProxyList,
    /// GOSUMDB.
    pub sumdb: SumDb,
}

/// The checksum database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SumDb {
    /// `off`: nobody vouches.
    Off,
    /// The one with this key, where it is named, else by the proxies or where its name leads.
    On {
        /// Its key.
        key: Box<VerifierKey>,
        /// Where it is asked, whatever the proxies can.
        at: Option<Address>,
    },
}

/// The file with Go's settings, and what it says.
#[derive(Clone, Debug, Default)]
pub struct EnvFile {
    /// Where it lies, or would; none where nothing is read.
    pub path: Option<PathBuf>,
    values: BTreeMap<String, String>,
}

impl EnvFile {
    /// Reads it. One that can't be read says nothing, as in Go.
    #[must_use]
    pub fn read(host: &Host) -> Self {
        let path = match host.env.get("GOENV") {
            Some(file) if file == "off" => None,
            Some(file) => Some(host.cwd.join(file)),
            None => host.config().map(|folder| folder.join("go").join("env")),
        };
        let bytes = path.as_ref().and_then(|path| fs::read(path).ok());
        let values = parse_env_file(&String::from_utf8_lossy(&bytes.unwrap_or_default()));
        Self { path, values }
    }

    /// A setting: of the environment, else of the file.
    fn get(&self, host: &Host, name: &str) -> Option<String> {
        let of_env = host
            .env
            .get(name)
            .map(|value| value.to_string_lossy().into_owned());
        let of_file = || {
            self.values
                .get(name)
                .filter(|value| !value.is_empty())
                .cloned()
        };
        of_env.or_else(of_file)
    }
}

/// The settings in a file as `go env -w` writes it; of two of the same name the later one counts.
///
/// Source: `readEnvFile` in Go's `cmd/go/internal/cfg/cfg.go`.
#[must_use]
pub fn parse_env_file(text: &str) -> BTreeMap<String, String> {
    let lines = text
        .split('\n')
        .filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()));
    let pairs = lines.filter_map(|line| line.split_once('='));
    pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

impl Settings {
    /// Reads them.
    ///
    /// # Errors
    /// When no proxy is named, or a value can't be followed.
    pub fn read(host: &Host) -> Result<Self, InstallError> {
        let file = EnvFile::read(host);
        let Some(proxies) = file.get(host, "GOPROXY") else {
            return Err(InstallError::NoProxy { file: file.path });
        };
        let sumdb = file.get(host, "GOSUMDB");
        Ok(Self {
            proxies: proxies.parse().map_err(InstallError::Goproxy)?,
            sumdb: SumDb::parse(sumdb.as_deref().unwrap_or(DEFAULT_SUMDB))?,
        })
    }
}

impl SumDb {
    /// Reads a value of GOSUMDB: `off`, a known name or a key, and where it is asked.
    ///
    /// # Errors
    /// When it is none of these.
    pub fn parse(text: &str) -> Result<Self, InstallError> {
        let mut words = text.split_whitespace();
        let (name, at, more) = (words.next(), words.next(), words.next());
        let name = match (name, more) {
            (Some("off"), _) if at.is_none() => return Ok(Self::Off),
            (Some(name), None) => name,
            _ => {
                return Err(InstallError::Gosumdb(
                    "a name or a key, and perhaps where it is asked".to_owned(),
                ));
            }
        };
        let elsewhere = format!("https://{OTHER_NAME}");
        let (name, at) = match (name, at) {
            (OTHER_NAME, None) => (DEFAULT_SUMDB, Some(elsewhere.as_str())),
            pair => pair,
        };
        let key = if name == DEFAULT_SUMDB {
            DEFAULT_KEY
        } else {
            name
        };
        let key: VerifierKey = key
            .parse()
            .map_err(|error| InstallError::Gosumdb(format!("a key that can be read: {error}")))?;
        if !is_host_and_path(key.name()) {
            return Err(InstallError::Gosumdb(
                "a key whose name is a host".to_owned(),
            ));
        }
        let at = at.map(str::parse).transpose();
        let at = at.map_err(|error| InstallError::Gosumdb(format!("an address: {error}")))?;
        Ok(Self::On {
            key: Box::new(key),
            at,
        })
    }
}

/// Whether a name is that of a host and perhaps a path, which folders can be called after.
fn is_host_and_path(name: &str) -> bool {
    name.split('/').all(|part| {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
        !part.is_empty() && !part.starts_with('.') && part.chars().all(is_plain)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_read_as_go_reads_it() {
        let text = "# GOPROXY=https://no.test\nGOPROXY=https://a.test,direct\n\nGOPROXY=https://b.test\n\
            goproxy=x\n GOSUMDB=x\nGOFLAGS\nGOSUMDB=off";
        let values = parse_env_file(text);
        assert_eq!(values["GOPROXY"], "https://b.test");
        assert_eq!(values["GOSUMDB"], "off");
        assert_eq!(values.len(), 2);
    }

    #[test]
    fn databases_are_known_by_name_key_and_place() {
        let parsed = |text: &str| SumDb::parse(text).map_err(|error| error.to_string());
        let Ok(SumDb::On { key, at: None }) = parsed(DEFAULT_SUMDB) else {
            panic!("the default");
        };
        assert_eq!(key.to_string(), "sum.golang.org+033de0ae");
        assert_eq!(parsed(DEFAULT_KEY), parsed(DEFAULT_SUMDB));
        let Ok(SumDb::On { at: Some(at), .. }) = parsed("sum.golang.org https://mirror.test/x/")
        else {
            panic!("a place");
        };
        assert_eq!(at.to_string(), "https://mirror.test/x");
        assert!(matches!(
            parsed(OTHER_NAME),
            Ok(SumDb::On { at: Some(_), .. })
        ));
        assert_eq!(parsed("off"), Ok(SumDb::Off));
    }

    #[test]
    fn what_names_no_database_is_refused() {
        for text in [
            "",
            "sum.example.com",
            "a b c",
            "off x",
            "a+00000000+AQ==",
            "sum.golang.org mirror",
        ] {
            let error = SumDb::parse(text).unwrap_err().to_string();
            assert!(error.contains("GOSUMDB"), "{text}: {error}");
        }
        for name in ["a/..", "../a", "a//b", "a/", ".hidden", "a\\b"] {
            assert!(!is_host_and_path(name), "{name}");
        }
        assert!(is_host_and_path("sum.example.com/go"));
    }
}
