//! A value that is never shown.

use std::fmt;

use zeroize::Zeroizing;

/// What stands where a secret would.
pub const PLACEHOLDER: &str = "[secret]";

/// A key, a password or a token. Its memory is overwritten when it is no longer used, and it prints as `[secret]`;
/// it can't be serialised.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// The value itself, for whoever signs or logs in with it.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The same as a text, where it is one.
    #[must_use]
    pub fn expose_text(&self) -> Option<&str> {
        str::from_utf8(&self.0).ok()
    }
}

impl From<Vec<u8>> for Secret {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::from(text.into_bytes())
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(PLACEHOLDER)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(PLACEHOLDER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_print_however_it_is_asked() {
        let secret = Secret::from("hunter2-hunter2");
        for shown in [
            format!("{secret}"),
            format!("{secret:?}"),
            format!("{:#?}", Some(&secret)),
            format!("{secret:>40}"),
        ] {
            assert!(!shown.contains("hunter"), "{shown}");
            assert!(shown.contains(PLACEHOLDER), "{shown}");
        }
        assert_eq!(secret.expose(), b"hunter2-hunter2");
    }
}
