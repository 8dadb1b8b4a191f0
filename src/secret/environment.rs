//! Which values of an environment are secret: those whose names say so, and passwords in addresses.

use super::Secret;

/// Words that make a name one of a secret, wherever they stand in it.
const WORDS: &[&str] = &[
    "TOKEN",
    "SECRET",
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "CREDENTIAL",
    "CREDENTIALS",
    "APIKEY",
];

/// Words that do so as the last one: names begin with them, too, that tell of a kind or a place.
const LAST_WORDS: &[&str] = &["KEY", "PASS", "PWD", "PAT", "AUTH"];

/// What variables may hold that is secret, from their names and values.
pub fn secrets_of<'v>(variables: impl IntoIterator<Item = (&'v str, &'v str)>) -> Vec<Secret> {
    let mut secrets = Vec::new();
    for (name, value) in variables {
        if is_secret_name(name) {
            secrets.push(Secret::from(value));
        }
        secrets.extend(passwords(value));
    }
    secrets
}

/// Whether a variable of this name holds a secret itself: `DB_PASSWORD`, and not `DB_PASSWORD_FILE`.
#[must_use]
pub fn is_called_secret(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let (first, last) = name.rsplit_once(['_', '-', '.']).unwrap_or(("", &name));
    WORDS.iter().any(|known| last.ends_with(known))
        || !first.is_empty() && LAST_WORDS.contains(&last)
}

fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let words: Vec<&str> = name.split(['_', '-', '.']).collect();
    // `PWD` alone is the current folder.
    let last = words.last().filter(|_| words.len() > 1);
    let is_secret = |word: &&str| WORDS.iter().any(|known| word.ends_with(known));
    words.iter().any(is_secret)
        || last.is_some_and(|last| LAST_WORDS.contains(last))
        || name.contains("PRIVATE_KEY")
}

/// The passwords in the addresses of a text: `https://user:password@host`. What stands alone before the `@` is one where it
/// is as long as tokens are.
fn passwords(text: &str) -> impl Iterator<Item = Secret> {
    const TOKEN: usize = 16;
    text.split("://").skip(1).filter_map(|rest| {
        let authority = rest.split(['/', '?', '#', ' ', ',', '|', '\n']).next()?;
        let (user_info, _) = authority.rsplit_once('@')?;
        let password = user_info.split_once(':').map(|(_, password)| password);
        let token = Some(user_info).filter(|user| user.len() >= TOKEN);
        password.or(token).map(Secret::from)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(name: &str, value: &str) -> Vec<String> {
        let secrets = secrets_of([(name, value)]);
        let texts = secrets.iter().filter_map(Secret::expose_text);
        texts.map(str::to_owned).collect()
    }

    #[test]
    fn names_tell_which_values_are_secret() {
        for name in [
            "GITHUB_TOKEN",
            "github_token",
            "AWS_SECRET_ACCESS_KEY",
            "CI_JOB_TOKEN_2",
            "DB_PASSWORD",
            "MYSQL_PWD",
            "NPM_AUTHTOKEN",
            "COSIGN_KEY",
            "RELEASE_PRIVATE_KEY_PEM",
            "GITHUB_PAT",
            "REGISTRY_AUTH",
            "TOKEN",
            "MINISIGN_PASSPHRASE",
        ] {
            assert_eq!(secret(name, "value"), ["value"], "{name}");
        }
        for name in [
            "PWD",
            "OLDPWD",
            "PATH",
            "HOME",
            "SSH_AUTH_SOCK",
            "SSH_ASKPASS",
            "KEYBOARD",
            "MONKEY",
            "COMPASS",
            "GOPATH",
        ] {
            assert!(secret(name, "value").is_empty(), "{name}");
        }
    }

    #[test]
    fn a_name_that_tells_where_a_secret_is_is_no_secrets_name() {
        for name in ["DB_PASSWORD", "api-token", "SECRET", "TLS_KEY", "MyToken"] {
            assert!(is_called_secret(name), "{name}");
        }
        for name in ["DB_PASSWORD_FILE", "TOKEN_TTL", "KEY", "MONKEY", "PWD", ""] {
            assert!(!is_called_secret(name), "{name}");
        }
    }

    #[test]
    fn passwords_in_addresses_are_secret_whatever_the_name() {
        for (value, found) in [
            (
                "https://user:hunter2@proxy.example/x,direct",
                Some("hunter2"),
            ),
            (
                "https://ghp_0123456789abcdef@host/",
                Some("ghp_0123456789abcdef"),
            ),
            ("direct,https://u:p%40ss:1@host", Some("p%40ss:1")),
            ("ssh://git@host/a", None),
            ("https://host/a@b:c", None),
            ("git@host:a/b", None),
        ] {
            let found: Vec<&str> = found.into_iter().collect();
            assert_eq!(secret("GOPROXY", value), found, "{value}");
        }
    }
}
