//! The keys of `[release.sign]`: read before anything runs, so that nothing is built in vain.

use crate::commands::prepare::Context;
use crate::console::{self, NOTE};
use crate::failure::Failure;
use crate::manifest::SignSection;
use crate::signing::{KeySource, KeyText, SigningKey, minisign};

/// The keys that a release is signed with.
#[derive(Debug, Default)]
pub(super) struct Keys {
    /// Signs the checksums.
    pub(super) minisign: Option<minisign::SecretKey>,
    /// Signs the provenance.
    pub(super) dsse: Option<SigningKey>,
}

/// The variables that have keys and their password.
pub(super) fn variables(sign: &SignSection) -> Vec<String> {
    let sources = [&sign.minisign, &sign.password, &sign.dsse];
    let sources = sources.into_iter().flatten();
    let names = sources.filter_map(|source| match source {
        KeySource::Variable(name) => Some(name.clone()),
        KeySource::File(_) => None,
    });
    names.collect()
}

impl Keys {
    /// Reads them.
    pub(super) fn read(context: &Context) -> Result<Self, Box<dyn Failure>> {
        let sign = &context.manifest.release.sign;
        let read = |source: &KeySource| -> Result<KeyText, Box<dyn Failure>> {
            let key = source.read(&context.root, &context.host.env)?;
            if let Some(loose) = &key.loose {
                console::err(&format!("{NOTE}Note:{NOTE:#} {loose}"));
            }
            Ok(key)
        };
        let password = sign.password.as_ref().map(read).transpose()?;
        let password = password.map(|key| key.text);
        let minisign = sign.minisign.as_ref().map(read).transpose()?;
        let minisign = minisign.map(|key| minisign::SecretKey::read(&key, password.as_ref()));
        let dsse = sign.dsse.as_ref().map(read).transpose()?;
        Ok(Self {
            minisign: minisign.transpose()?,
            dsse: dsse.map(|key| SigningKey::read(&key)).transpose()?,
        })
    }
}
