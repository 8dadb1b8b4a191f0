//! Addresses that registries are asked at, and that they lead to.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use crate::oci::Registry;

/// Who answers: a host, its port, and whether nobody can listen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Origin {
    scheme: Scheme,
    host: Registry,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Scheme {
    Https,
    Http,
}

impl Scheme {
    fn prefix(self) -> &'static str {
        match self {
            Self::Https => "https://",
            Self::Http => "http://",
        }
    }
}

impl Origin {
    /// That of a registry: by TLS, unless it is on this machine.
    pub(super) fn of(registry: &Registry) -> Self {
        let scheme = if is_loopback(registry.host()) {
            Scheme::Http
        } else {
            Scheme::Https
        };
        let host = registry.asked();
        Self { scheme, host }
    }

    /// Whether its answers may lead to another one: by TLS anywhere, without it only on this machine, and there only
    /// from this machine. No server elsewhere has anything to ask for here.
    pub(super) fn may_lead_to(&self, other: &Self) -> bool {
        other.is_https() || !self.is_https() && is_loopback(other.host.host())
    }

    /// Whether TLS is spoken: nobody can listen.
    pub(super) fn is_https(&self) -> bool {
        self.scheme == Scheme::Https
    }

    /// An address there. The path starts with a slash.
    pub(super) fn at(&self, path: impl Into<String>) -> Url {
        Url {
            origin: self.clone(),
            rest: path.into(),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.scheme.prefix(), self.host)
    }
}

/// Whether a host is this machine.
fn is_loopback(host: &str) -> bool {
    let is_local = host.eq_ignore_ascii_case("localhost");
    is_local || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// An address. What follows its `?` may be secret and is never shown.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Url {
    origin: Origin,
    /// The path with its query, from the slash on.
    rest: String,
}

impl Url {
    pub(super) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// All of it, for the one who asks there.
    pub(super) fn expose(&self) -> String {
        format!("{}{}", self.origin, self.rest)
    }

    /// The same with one more parameter.
    pub(super) fn with(&self, name: &str, value: &str) -> Self {
        let separator = if self.rest.contains('?') { '&' } else { '?' };
        let mut rest = format!("{}{separator}{name}=", self.rest);
        rest.push_str(&encoded(value));
        Self {
            origin: self.origin.clone(),
            rest,
        }
    }

    /// Where a header `Location` of its answer leads.
    pub(super) fn join(&self, location: &str) -> Result<Self, ParseUrlError> {
        if location.contains("://") && !location.starts_with('/') {
            return location.parse();
        }
        if let Some(place) = location.strip_prefix("//") {
            return format!("{}{place}", self.origin.scheme.prefix()).parse();
        }
        let rest = if location.starts_with('/') {
            location.to_owned()
        } else {
            let path = self.rest.split('?').next().unwrap_or_default();
            let folder = path.rfind('/').and_then(|slash| path.get(..=slash));
            format!("{}{location}", folder.unwrap_or("/"))
        };
        let origin = self.origin.clone();
        checked(Self { origin, rest })
    }
}

/// Without what follows its `?`.
impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.rest.split('?').next().unwrap_or_default();
        write!(f, "{}{path}", self.origin)
    }
}

/// Without that, too.
impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Url({self})")
    }
}

/// Why a text is no address. Nothing of it is told: it may be secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what it leads to is no address with https or http")]
pub(super) struct ParseUrlError;

impl FromStr for Url {
    type Err = ParseUrlError;

    fn from_str(text: &str) -> Result<Self, ParseUrlError> {
        let find = |scheme: Scheme| Some((scheme, text.strip_prefix(scheme.prefix())?));
        let mut schemes = [Scheme::Https, Scheme::Http].into_iter();
        let (scheme, place) = schemes.find_map(find).ok_or(ParseUrlError)?;
        let end = place.find(['/', '?']).unwrap_or(place.len());
        let (authority, rest) = place.split_at_checked(end).ok_or(ParseUrlError)?;
        // The same rules as for names of registries; nobody's password is in there.
        let registry: Registry = authority.parse().map_err(|_| ParseUrlError)?;
        let slash = if rest.starts_with('/') { "" } else { "/" };
        checked(Self {
            origin: Origin {
                scheme,
                host: registry.asked(),
            },
            rest: format!("{slash}{rest}"),
        })
    }
}

/// An address without characters that none has. A part behind `#` is nobody's business.
fn checked(mut url: Url) -> Result<Url, ParseUrlError> {
    if let Some(end) = url.rest.find('#') {
        url.rest.truncate(end);
    }
    let is_wrong = |c: char| !c.is_ascii_graphic() || "\"<>\\^`{|}".contains(c);
    if url.rest.contains(is_wrong) {
        return Err(ParseUrlError);
    }
    Ok(url)
}

/// A text as the value of a parameter.
///
/// Source: RFC 3986, 2.3.
pub(super) fn encoded(value: impl AsRef<[u8]>) -> String {
    let mut encoded = String::new();
    for byte in value.as_ref().iter().copied() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push_str(&crate::digest::hex(&[byte]).to_uppercase());
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn origin(registry: &str) -> String {
        Origin::of(&registry.parse().unwrap()).to_string()
    }

    #[test]
    fn only_registries_of_this_machine_are_asked_without_tls() {
        for (registry, expected) in [
            ("localhost:5000", "http://localhost:5000"),
            ("127.8.9.1:5000", "http://127.8.9.1:5000"),
            ("[::1]:5000", "http://[::1]:5000"),
            ("Registry.Example:5000", "https://registry.example:5000"),
            ("localhost.example", "https://localhost.example"),
            ("10.0.0.1:5000", "https://10.0.0.1:5000"),
            ("docker.io", "https://registry-1.docker.io"),
        ] {
            assert_eq!(origin(registry), expected);
        }
    }

    #[test]
    fn where_an_answer_leads_is_seen_from_where_it_came() {
        let url: Url = "https://registry.example/v2/app/blobs/uploads/?a=b"
            .parse()
            .unwrap();
        for (location, expected) in [
            ("/v2/x?_state=s", "https://registry.example/v2/x?_state=s"),
            ("1234", "https://registry.example/v2/app/blobs/uploads/1234"),
            ("http://127.0.0.1:80", "http://127.0.0.1:80/"),
            ("//cdn.example/x", "https://cdn.example/x"),
            ("https://cdn.example?x#y", "https://cdn.example/?x"),
        ] {
            assert_eq!(url.join(location).unwrap().expose(), expected);
        }
        for location in [
            "ftp://x/y",
            "/a b",
            "https://a:b@c/",
            "https://",
            "/x\"y",
            "/\u{e4}",
        ] {
            assert_eq!(url.join(location), Err(ParseUrlError), "{location}");
        }
    }

    #[test]
    fn a_query_is_sent_and_never_shown() {
        let url: Url = "https://registry.example/x?_state=secret".parse().unwrap();
        let url = url.with("digest", "sha256:a/b c");
        assert_eq!(
            url.expose(),
            "https://registry.example/x?_state=secret&digest=sha256%3Aa%2Fb%20c"
        );
        assert_eq!(url.to_string(), "https://registry.example/x");
        assert_eq!(format!("{url:?}"), "Url(https://registry.example/x)");
    }

    #[test]
    fn answers_lead_to_tls_or_from_this_machine_to_this_machine() {
        let origin = |url: &str| url.parse::<Url>().unwrap().origin().clone();
        let (far, near) = (origin("https://a.example/"), origin("http://127.0.0.1:99/"));
        for from in [&far, &near] {
            assert!(from.may_lead_to(&origin("https://b.example/")));
            assert!(!from.may_lead_to(&origin("http://b.example/")));
        }
        assert!(near.may_lead_to(&origin("http://localhost:1/")));
        assert!(!far.may_lead_to(&origin("http://localhost:1/")));
    }

    proptest! {
        #[test]
        fn an_address_that_is_read_leads_to_itself(text in "(https?://)?[a-z.:0-9/?#@%\\[\\]=&-]{0,40}") {
            if let Ok(url) = text.parse::<Url>() {
                prop_assert_eq!(url.expose().parse(), Ok(url.clone()));
                prop_assert_eq!(url.join(&url.expose()), Ok(url));
            }
        }

        #[test]
        fn no_text_ends_in_a_panic(text in ".*") {
            let url: Url = "https://registry.example/x?y".parse().unwrap();
            let _ = (text.parse::<Url>(), url.join(&text), url.with("a", &text));
        }
    }
}
