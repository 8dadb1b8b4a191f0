//! The keys that whoever verifies trusts.

use crate::cli::VerifyArgs;
use crate::delivery::{Consumer, Modes};
use crate::failure::{Exit, Failure};
use crate::host::Host;
use crate::signing::{KeySource, ParseKeySourceError, PublicKey, minisign};

/// What the command line says of keys.
pub(super) fn consumer(args: &VerifyArgs, host: &Host) -> Result<Consumer, Box<dyn Failure>> {
    let key = args.key.as_deref().map(|text| minisign_key(text, host));
    let provenance_keys = args.provenance_keys.iter();
    let provenance_keys = provenance_keys.map(|source| -> Result<PublicKey, Box<dyn Failure>> {
        let key = source.read_public(&host.cwd, &host.env)?;
        Ok(PublicKey::read(&key)?)
    });
    Ok(Consumer {
        key: key.transpose()?,
        provenance_keys: provenance_keys.collect::<Result<_, _>>()?,
        modes: match args.address() {
            Some(_) => Modes::Lost,
            None => Modes::Kept,
        },
    })
}

/// A key of minisign is short enough to be written down itself.
fn minisign_key(text: &str, host: &Host) -> Result<minisign::PublicKey, Box<dyn Failure>> {
    if let Ok(key) = text.parse() {
        return Ok(key);
    }
    let source: KeySource = text.parse().map_err(NoKey)?;
    let key = source.read_public(&host.cwd, &host.env)?;
    Ok(minisign::PublicKey::read(&key)?)
}

/// What is named is no key.
#[derive(Debug, thiserror::Error)]
#[error("failed to read --key: {0}")]
struct NoKey(ParseKeySourceError);

impl Failure for NoKey {
    fn exit(&self) -> Exit {
        Exit::Usage
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::{Cli, Verb};
    use crate::secret::redacted;

    const PEM: &str = "-----BEGIN PUBLIC KEY-----\n\
        MCowBQYDK2VwAyEASqLV6JepWRAZ9CrcqQ90QiLMoukhT8h6Eg/pVScOQVo=\n\
        -----END PUBLIC KEY-----\n";

    #[test]
    fn public_keys_are_no_secrets() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("key.pem");
        std::fs::write(&path, PEM).unwrap();
        let args = [
            "gobuildx",
            "verify",
            "--provenance-key",
            path.to_str().unwrap(),
            ".",
        ];
        let Verb::Verify(args) = Cli::try_parse_from(args).unwrap().verb else {
            panic!("it is another verb");
        };
        let host = Host::probe().unwrap();
        let consumer = consumer(&args, &host).unwrap();
        assert_eq!(consumer.provenance_keys.len(), 1);
        assert_eq!(redacted(PEM), PEM);
    }
}
