//! Who hands out the files of the checksum database: a proxy that can, else the database itself.

use crate::fetch::{Address, Client, End, FetchError, GaveUp, ParseAddressError, ProxyList};
use crate::sumdb::{Source, VerifierKey};

/// More than any file of it has.
const LARGEST: u64 = 1 << 20;

/// The database at an address.
pub(super) struct SumSource<'a> {
    client: &'a Client,
    base: Address,
}

impl<'a> SumSource<'a> {
    /// Asks the proxies which of them hands it out. One that does is the only one that is asked.
    pub(super) fn find(
        client: &'a Client,
        proxies: &ProxyList,
        (key, at): (&VerifierKey, Option<&Address>),
    ) -> Result<Self, FetchError> {
        let base = match at {
            Some(at) => at.clone(),
            None => Self::base(client, proxies, key.name())?,
        };
        Ok(Self { client, base })
    }

    fn base(client: &Client, proxies: &ProxyList, name: &str) -> Result<Address, FetchError> {
        let own: Result<Address, _> = format!("https://{name}").parse();
        let found = proxies.first(|proxy| {
            let base = proxy.join(&format!("sumdb/{name}"));
            client.bytes(&base.join("supported"), LARGEST)?;
            Ok(base)
        });
        match found {
            Ok(base) => Ok(base),
            Err(gave_up) if asks_itself(&gave_up) => own.map_err(|error| FetchError::Name {
                name: name.to_owned(),
                error,
            }),
            Err(GaveUp { error, .. }) => Err(error.unwrap_or_else(|| FetchError::Name {
                name: name.to_owned(),
                error: ParseAddressError::Host,
            })),
        }
    }

    pub(super) fn base_address(&self) -> &Address {
        &self.base
    }
}

/// Whether the database itself is next, by Go's rules.
fn asks_itself(gave_up: &GaveUp) -> bool {
    gave_up.end == End::Direct || gave_up.is_missing()
}

impl Source for SumSource<'_> {
    type Error = FetchError;

    fn read(&self, path: &str) -> Result<Vec<u8>, FetchError> {
        self.client.bytes(&self.base.join(path), LARGEST)
    }
}
