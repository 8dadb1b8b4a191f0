//! GOPROXY: which module proxies are asked, and when the next one is.
//!
//! Source: <https://go.dev/ref/mod#environment-variables>, `proxyList` in Go's `cmd/go/internal/modfetch/proxy.go`.

use std::str::FromStr;

use super::address::{Address, ParseAddressError};
use super::error::FetchError;

/// The proxies, in the order in which they are asked. There is one entry at least.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyList(Vec<Entry>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    way: Way,
    then: Then,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Way {
    Proxy(Address),
    /// The module's own repository.
    Direct,
    /// Nobody.
    Off,
}

/// When the next one is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    /// `,`: where it isn't there.
    IfMissing,
    /// `|`: after any error.
    IfFailed,
}

/// What a list ends with when nobody on it had the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Nobody else is named, or the last answer forbids to go on.
    Proxies,
    /// `direct`: the repository itself is next.
    Direct,
    /// `off`: nobody else may be asked.
    Off,
}

/// Nobody had it.
#[derive(Debug)]
pub struct GaveUp {
    /// What tells most of what went wrong; none where nobody was asked.
    pub error: Option<FetchError>,
    /// What came behind.
    pub end: End,
}

impl GaveUp {
    /// Whether all who were asked say that it isn't there.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        self.error.as_ref().is_none_or(FetchError::is_missing)
    }
}

impl ProxyList {
    /// What the list starts with, where that is no proxy.
    #[must_use]
    pub fn without_proxy(&self) -> Option<End> {
        match self.0.first()?.way {
            Way::Proxy(_) => None,
            Way::Direct => Some(End::Direct),
            Way::Off => Some(End::Off),
        }
    }

    /// Asks one after the other, by Go's rules.
    ///
    /// # Errors
    /// When none of them has it.
    pub fn first<T>(
        &self,
        mut ask: impl FnMut(&Address) -> Result<T, FetchError>,
    ) -> Result<T, GaveUp> {
        let mut error: Option<FetchError> = None;
        for Entry { way, then } in &self.0 {
            let end = match way {
                Way::Direct => End::Direct,
                Way::Off => End::Off,
                Way::Proxy(address) => match ask(address) {
                    Ok(found) => return Ok(found),
                    Err(new) => {
                        let goes_on = new.is_missing() || *then == Then::IfFailed;
                        let goes_on = goes_on && !new.is_final();
                        if error.is_none() || !new.is_missing() {
                            error = Some(new);
                        }
                        if goes_on {
                            continue;
                        }
                        End::Proxies
                    }
                },
            };
            return Err(GaveUp { error, end });
        }
        let end = End::Proxies;
        Err(GaveUp { error, end })
    }
}

/// Why a value of GOPROXY can't be followed. It finishes "GOPROXY ", and has nothing secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseGoproxyError {
    /// Only separators.
    #[error("names no proxy")]
    Empty,
    /// One of them is no address.
    #[error("has an entry, number {number}, that is no address: {error}")]
    Entry {
        /// Which one, from 1 on: the entry itself may be secret.
        number: usize,
        /// What is wrong with it.
        error: ParseAddressError,
    },
}

impl FromStr for ProxyList {
    type Err = ParseGoproxyError;

    fn from_str(text: &str) -> Result<Self, ParseGoproxyError> {
        let mut entries = Vec::new();
        for part in text.split_inclusive([',', '|']) {
            let then = if part.ends_with('|') {
                Then::IfFailed
            } else {
                Then::IfMissing
            };
            let way = match part.trim_end_matches([',', '|']).trim() {
                "" => continue,
                "off" => Way::Off,
                "direct" => Way::Direct,
                address => {
                    let number = entries.len() + 1;
                    let parsed = with_scheme(address).parse();
                    Way::Proxy(parsed.map_err(|error| ParseGoproxyError::Entry { number, error })?)
                }
            };
            // Behind these nobody is asked.
            let is_last = matches!(way, Way::Off | Way::Direct);
            entries.push(Entry { way, then });
            if is_last {
                break;
            }
        }
        if entries.is_empty() {
            return Err(ParseGoproxyError::Empty);
        }
        Ok(Self(entries))
    }
}

/// Go takes a name with a dot for a host that speaks HTTPS.
fn with_scheme(text: &str) -> String {
    let is_host = text.contains(['.', ':', '/']) && !text.contains(":/") && !text.starts_with('/');
    if is_host {
        format!("https://{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(address: &Address) -> FetchError {
        FetchError::Missing(address.clone())
    }

    fn broken(address: &Address) -> FetchError {
        FetchError::Status {
            address: address.clone(),
            status: 500,
        }
    }

    /// Who is asked where these fail, and how it ends.
    fn asked(list: &str, fail: fn(&Address) -> FetchError) -> (Vec<String>, End, bool) {
        let list: ProxyList = list.parse().unwrap();
        let mut asked = Vec::new();
        let end = list.first::<()>(|address| {
            asked.push(address.host().to_owned());
            Err(fail(address))
        });
        let gave_up = end.unwrap_err();
        (asked, gave_up.end, gave_up.is_missing())
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn the_next_one_is_asked_as_the_separator_says() {
        let all = names(&["a.test", "b.test"]);
        let one = names(&["a.test"]);
        let list = "https://a.test,https://b.test";
        assert_eq!(asked(list, missing), (all.clone(), End::Proxies, true));
        assert_eq!(asked(list, broken), (one, End::Proxies, false));
        let list = "https://a.test|https://b.test,direct";
        assert_eq!(asked(list, broken), (all.clone(), End::Proxies, false));
        assert_eq!(asked(list, missing), (all, End::Direct, true));
    }

    #[test]
    fn nobody_is_asked_behind_off_and_direct() {
        let none = Vec::new();
        assert_eq!(
            asked("off,https://a.test", missing),
            (none.clone(), End::Off, true)
        );
        assert_eq!(asked("direct", missing), (none, End::Direct, true));
        let one = names(&["a.test"]);
        assert_eq!(asked("a.test , off", missing), (one, End::Off, true));
    }

    #[test]
    fn the_first_who_has_it_is_the_last_who_is_asked() {
        let list: ProxyList = "a.test,,b.test".parse().unwrap();
        let found = list.first(|address| match address.host() {
            "a.test" => Err(missing(address)),
            host => Ok(host.to_owned()),
        });
        assert_eq!(found.unwrap(), "b.test");
    }

    #[test]
    fn a_list_that_names_nobody_is_refused() {
        for text in [",", " | ", ""] {
            assert_eq!(text.parse::<ProxyList>(), Err(ParseGoproxyError::Empty));
        }
        let error = "https://a.test,me:secret".parse::<ProxyList>().unwrap_err();
        assert!(!error.to_string().contains("secret"), "{error}");
        let error = "https://a.test|nonsense".parse::<ProxyList>().unwrap_err();
        assert!(error.to_string().contains("number 2"), "{error}");
    }
}
