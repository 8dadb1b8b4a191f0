//! What is wrong with a key.

use super::KeySource;
use crate::failure::{Exit, Failure};
use crate::printable::printable;

/// Why a text is no key that can be used.
#[derive(Debug, thiserror::Error)]
#[error("failed to use the key from {origin}: {fault}")]
pub struct KeyError {
    /// Where it is from.
    pub(super) origin: KeySource,
    /// What is wrong with it.
    pub fault: KeyFault,
}

/// What is wrong with a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// It isn't in the format PEM.
    #[error("it is not in the format PEM")]
    NotPem,
    /// It is in this format, and of another kind: what its first line says.
    #[error("it is of the kind `{}`, and not `{wanted}`", printable(found))]
    Kind {
        /// Which kind.
        found: String,
        /// The kind that is needed.
        wanted: &'static str,
    },
    /// It is for another method of signing.
    #[error("it is for another method than Ed25519")]
    NotEd25519,
    /// It isn't what minisign writes.
    #[error("it is no key of minisign: {0}")]
    NotMinisign(&'static str),
    /// It is encrypted, and there is no password.
    #[error("it is encrypted, and no password is given")]
    PasswordMissing,
    /// The password is another one, or the key is damaged.
    #[error("its password is another one, or it is damaged")]
    PasswordWrong,
    /// To decrypt it would take more memory than any key of minisign does.
    #[error("to decrypt it would take more than 2 GiB of memory, so it is damaged")]
    Costly,
    /// It isn't encrypted, and its check digits don't fit.
    #[error("it is damaged: its checksum doesn't fit")]
    Damaged,
}

impl KeyFault {
    pub(super) fn of(self, origin: &KeySource) -> KeyError {
        KeyError {
            origin: origin.clone(),
            fault: self,
        }
    }
}

impl Failure for KeyError {
    fn exit(&self) -> Exit {
        Exit::Environment
    }

    fn hint(&self) -> Option<String> {
        let hint = match &self.fault {
            KeyFault::Kind { found, .. } if found == "ENCRYPTED PRIVATE KEY" => {
                "decrypt it by `openssl pkey -in KEY -out PLAIN`, and keep that in a variable of the pipeline's secrets"
            }
            KeyFault::NotPem | KeyFault::Kind { .. } | KeyFault::NotEd25519 => {
                "`openssl genpkey -algorithm ed25519 -out KEY` makes one, and `openssl pkey -in KEY -pubout` its public part"
            }
            KeyFault::NotMinisign(_) => "`minisign -G -s KEY -p PUBLIC` makes a pair of keys",
            KeyFault::PasswordMissing => {
                "name the variable with its password, or remove that by `minisign -C -W -s KEY`"
            }
            KeyFault::PasswordWrong => "try the password by `minisign -S -s KEY -m FILE`",
            KeyFault::Costly | KeyFault::Damaged => "take it from its copy, or make a new one",
        };
        Some(hint.to_owned())
    }
}
