//! Who somebody is at registries, as `docker login` and `podman login` keep it.
//!
//! Source: `cli/config/configfile/file.go` of github.com/docker/cli; `containers-auth.json(5)`.

use std::collections::BTreeMap;

use data_encoding::BASE64;
use serde::Deserialize;

use super::credentials::Credentials;
use super::helper::HelperName;
use crate::oci::Repository;
use crate::printable::printable;
use crate::secret::Secret;

/// What a file says.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct DockerConfig {
    auths: BTreeMap<String, Entry>,
    creds_store: Option<String>,
    cred_helpers: BTreeMap<String, String>,
}

/// What is known of one registry.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Entry {
    auth: Option<String>,
    username: Option<String>,
    password: Option<String>,
    identitytoken: Option<String>,
    registrytoken: Option<String>,
}

/// Only that there is one.
impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Entry(…)")
    }
}

/// Why a file can't be used. It finishes "… ", and has nothing of what is in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigFault {
    /// Not JSON, or not of this form.
    #[error("is not as docker writes it, in line {line}, column {column}")]
    Json {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
    },
    /// An entry that says nothing.
    #[error("has an entry for {0} that can't be read")]
    Entry(String),
    /// A name that no program is called by.
    #[error(
        "names a credential helper that no program can be: write letters, digits, `-`, `_` and `.`"
    )]
    Helper,
}

impl DockerConfig {
    /// Reads a file.
    pub(super) fn parse(text: &[u8]) -> Result<Self, ConfigFault> {
        // What serde says may quote a secret.
        serde_json::from_slice(text).map_err(|error| ConfigFault::Json {
            line: error.line(),
            column: error.column(),
        })
    }

    /// The program that knows who somebody is there, if one is named.
    pub(super) fn helper(
        &self,
        repository: &Repository,
    ) -> Result<Option<HelperName>, ConfigFault> {
        let own = find(&self.cred_helpers, repository);
        let name = own.map(|(_, name)| name).or(self.creds_store.as_ref());
        let name = name.filter(|name| !name.is_empty());
        let parsed = name.map(|name| name.parse().map_err(|()| ConfigFault::Helper));
        parsed.transpose()
    }

    /// Who somebody is there, if the file itself says it.
    pub(super) fn credentials(
        &self,
        repository: &Repository,
    ) -> Result<Option<Credentials>, ConfigFault> {
        let Some((key, entry)) = find(&self.auths, repository) else {
            return Ok(None);
        };
        let read = entry.credentials();
        read.map_err(|Unreadable| ConfigFault::Entry(printable(key)))
    }
}

impl Entry {
    /// Nobody where a helper knows more.
    fn credentials(&self) -> Result<Option<Credentials>, Unreadable> {
        let set = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        if let Some(token) = set(&self.registrytoken) {
            return Ok(Some(Credentials::Bearer(Secret::from(token))));
        }
        if let Some(token) = set(&self.identitytoken) {
            return Ok(Some(Credentials::Identity(Secret::from(token))));
        }
        if let (Some(user), Some(password)) = (set(&self.username), set(&self.password)) {
            let password = Secret::from(password);
            return Ok(Some(Credentials::Password { user, password }));
        }
        let auth = set(&self.auth);
        auth.map(|auth| decoded(&auth).ok_or(Unreadable))
            .transpose()
    }
}

/// An entry that isn't as docker writes them.
struct Unreadable;

/// User and password, as docker writes them.
fn decoded(auth: &str) -> Option<Credentials> {
    let decoded = BASE64.decode(auth.trim().as_bytes()).ok()?;
    let decoded = String::from_utf8(decoded).ok()?;
    let (user, password) = decoded.split_once(':')?;
    Some(Credentials::Password {
        user: user.to_owned(),
        // Some versions of docker fill it up.
        password: Secret::from(password.trim_end_matches('\0')),
    })
}

/// The entry for a repository: podman's may be for a part of a registry, and the longest one counts.
fn find<'a, T>(
    entries: &'a BTreeMap<String, T>,
    repository: &Repository,
) -> Option<(&'a str, &'a T)> {
    let names = names(repository);
    let fitting = entries.iter().filter_map(|(key, entry)| {
        let place = names.iter().position(|name| name == plain(key))?;
        Some((place, key.as_str(), entry))
    });
    let first = fitting.min_by_key(|(place, ..)| *place);
    first.map(|(_, key, entry)| (key, entry))
}

/// What an entry for a repository may be called, the most exact first.
fn names(repository: &Repository) -> Vec<String> {
    let whole = repository.to_string();
    let slashes = whole.match_indices('/').map(|(slash, _)| slash);
    let mut names: Vec<String> = slashes
        .filter_map(|slash| whole.get(..slash))
        .map(str::to_owned)
        .collect();
    names.reverse();
    names.insert(0, whole);
    if repository.registry().as_str() == HUB {
        names.push(HUB_KEY.to_owned());
    }
    names
}

const HUB: &str = "docker.io";
/// What docker calls its own registry.
const HUB_KEY: &str = "index.docker.io";

/// The server that helpers are asked for.
pub(super) fn server_of(repository: &Repository) -> String {
    match repository.registry().as_str() {
        HUB => format!("https://{HUB_KEY}/v1/"),
        name => name.to_owned(),
    }
}

/// A key without the scheme and the path that older versions of docker wrote.
fn plain(key: &str) -> &str {
    let key = key.strip_prefix("https://").unwrap_or(key);
    let key = key.strip_prefix("http://").unwrap_or(key);
    let key = key.trim_end_matches('/');
    let key = key.strip_suffix("/v1").unwrap_or(key);
    key.strip_suffix("/v2").unwrap_or(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> DockerConfig {
        DockerConfig::parse(text.as_bytes()).unwrap()
    }

    fn who(config: &DockerConfig, repository: &str) -> Option<String> {
        let found = config.credentials(&repository.parse().unwrap()).unwrap();
        found.map(|credentials| match credentials {
            Credentials::Password { user, password } => {
                format!("{user}:{}", password.expose_text().unwrap_or_default())
            }
            Credentials::Identity(token) => {
                format!("identity {}", token.expose_text().unwrap_or_default())
            }
            Credentials::Bearer(token) => {
                format!("bearer {}", token.expose_text().unwrap_or_default())
            }
            Credentials::Nobody => "nobody".to_owned(),
        })
    }

    #[test]
    fn the_entry_that_names_a_repository_most_exactly_counts() {
        // me:a, me:b, me:c:d
        let config = config(
            r#"{"auths":{
                "registry.example":{"auth":"bWU6YQ=="},
                "registry.example/team":{"auth":"bWU6Yg=="},
                "https://other.example/v1/":{"auth":"bWU6YzpkAAA="},
                "token.example":{"auth":"bWU6YQ==","identitytoken":"t"},
                "helped.example":{},
                "https://index.docker.io/v1/":{"username":"hub","password":"p"}}}"#,
        );
        assert_eq!(who(&config, "registry.example/app").unwrap(), "me:a");
        assert_eq!(who(&config, "registry.example/team/app").unwrap(), "me:b");
        assert_eq!(who(&config, "registry.example/teams/app").unwrap(), "me:a");
        assert_eq!(who(&config, "other.example/app").unwrap(), "me:c:d");
        assert_eq!(who(&config, "token.example/app").unwrap(), "identity t");
        assert_eq!(who(&config, "docker.io/team/app").unwrap(), "hub:p");
        assert_eq!(who(&config, "helped.example/app"), None);
        assert_eq!(who(&config, "registry.example:5000/app"), None);
        assert_eq!(who(&config, "evil.example/registry.example"), None);
    }

    #[test]
    fn a_helper_of_a_registry_goes_before_that_of_all() {
        let config = config(
            r#"{"credsStore":"pass","credHelpers":{"gcr.example":"gcloud","none.example":""}}"#,
        );
        let helper = |repository: &str| {
            let helper = config.helper(&repository.parse().unwrap()).unwrap();
            helper.map(|name| name.program())
        };
        assert_eq!(
            helper("gcr.example/app").unwrap(),
            "docker-credential-gcloud"
        );
        assert_eq!(helper("a.example/app").unwrap(), "docker-credential-pass");
        assert_eq!(helper("none.example/app"), None);
    }

    #[test]
    fn what_is_wrong_with_a_file_is_told_without_what_is_in_it() {
        for text in [
            r#"{"auths":"secret"}"#,
            r#"{"auths":{"a":"secret"}}"#,
            "secret",
            "",
        ] {
            let fault = DockerConfig::parse(text.as_bytes()).unwrap_err();
            assert!(!fault.to_string().contains("secret"), "{fault}");
        }
        let config =
            config(r#"{"auths":{"a.example":{"auth":"secret"}},"credsStore":"../secret"}"#);
        let repository = "a.example/app".parse().unwrap();
        let fault = config.credentials(&repository).unwrap_err();
        assert_eq!(fault, ConfigFault::Entry("a.example".to_owned()));
        assert_eq!(config.helper(&repository).unwrap_err(), ConfigFault::Helper);
        assert!(!format!("{config:?}").contains("\"secret\""));
    }

    #[test]
    fn a_file_without_any_of_it_is_one() {
        assert_eq!(who(&config(r#"{"HttpHeaders":{}}"#), "a.example/app"), None);
    }
}
