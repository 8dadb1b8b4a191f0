//! Programs that know who somebody is at registries: `docker-credential-…`.
//!
//! Source: "Credential helpers" in docker's reference, `docker login`; `client/client.go` and `credentials/error.go` of
//! github.com/docker/docker-credential-helpers.

use std::str::FromStr;
use std::time::Duration;

use serde::Deserialize;

use super::credentials::Credentials;
use crate::host::Host;
use crate::process::{Cancel, Command, Given, ProcessError};
use crate::secret::Secret;

/// One may ask for a password in a window.
const PATIENCE: Duration = Duration::from_mins(2);
/// More than any answer.
const LONGEST: usize = 64 * 1024;
/// What helpers write where they know nothing.
const UNKNOWN: &str = "credentials not found in native keychain";
/// The user of an answer whose secret is a token.
const TOKEN_USER: &str = "<token>";

/// The last part of the name of a helper, such as `pass`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HelperName(String);

impl HelperName {
    /// The name of the program.
    pub(super) fn program(&self) -> String {
        format!("docker-credential-{}", self.0)
    }
}

impl FromStr for HelperName {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let is_word = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        let is_name = text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && text.len() <= 64
            && text.chars().all(is_word);
        is_name.then(|| Self(text.to_owned())).ok_or(())
    }
}

/// Why a helper doesn't tell. It finishes "`…` ", and has nothing of what it wrote to stdout.
#[derive(Debug, thiserror::Error)]
pub enum HelperFault {
    /// There is no such program.
    #[error("is not on PATH")]
    Missing,
    /// It failed, or was stopped.
    #[error("{}", .0.ending())]
    Process(Box<ProcessError>),
    /// Its answer isn't one.
    #[error("answers what is not as helpers answer")]
    Answer,
}

/// What it writes.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    username: String,
    secret: String,
}

/// Asks a helper who somebody is at a server. It gets the whole environment of the user, whose program it is.
pub(super) fn ask(
    name: &HelperName,
    server: &str,
    (host, cancel): (&Host, &Cancel),
) -> Result<Option<Credentials>, HelperFault> {
    let program = host.program(&name.program()).ok_or(HelperFault::Missing)?;
    let command = Command::new(program)
        .arg("get")
        .envs(host.user_env.iter())
        .timeout(PATIENCE)
        .keep(LONGEST);
    match command.run_given(Given::default().stdin(server), cancel) {
        Ok(output) => read(&output.stdout).map(Some),
        Err(error) => {
            let said = error
                .output()
                .map(|output| output.stdout_text().into_owned());
            if said.is_some_and(|said| said.trim() == UNKNOWN) {
                Ok(None)
            } else {
                Err(HelperFault::Process(Box::new(error)))
            }
        }
    }
}

fn read(answer: &[u8]) -> Result<Credentials, HelperFault> {
    let answer: Answer = serde_json::from_slice(answer).map_err(|_| HelperFault::Answer)?;
    let secret = Secret::from(answer.secret);
    if answer.username == TOKEN_USER {
        return Ok(Credentials::Identity(secret));
    }
    Ok(Credentials::Password {
        user: answer.username,
        password: secret,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_helper_is_one_name() {
        for name in ["pass", "ecr-login", "wincred.exe"] {
            assert!(name.parse::<HelperName>().is_ok(), "{name}");
        }
        for name in ["", "-x", "../x", "a/b", "a b", ".x", "a\nb"] {
            assert!(name.parse::<HelperName>().is_err(), "{name}");
        }
    }

    #[test]
    fn a_user_that_is_none_has_a_token() {
        let answer =
            |user: &str| format!(r#"{{"ServerURL":"x","Username":"{user}","Secret":"s"}}"#);
        assert!(matches!(
            read(answer("me").as_bytes()).unwrap(),
            Credentials::Password { user, password } if user == "me" && password.expose_text().unwrap_or_default() == "s"
        ));
        assert!(matches!(
            read(answer("<token>").as_bytes()).unwrap(),
            Credentials::Identity(token) if token.expose_text().unwrap_or_default() == "s"
        ));
        let fault = read(br#"{"Secret":"hunter2"}"#).unwrap_err();
        assert!(!fault.to_string().contains("hunter2"));
    }
}
