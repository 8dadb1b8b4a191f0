//! Where files come from: the address of a server or a folder. What is secret in it is never shown.

use std::fmt::{self, Write as _};
use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;

use data_encoding::BASE64;

/// An address that files lie below, without a slash at its end.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    scheme: Scheme,
    /// All behind `https://`, without user and password.
    place: String,
    /// The value of the header that tells user and password.
    authorization: Option<String>,
}

/// How files are got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    Https,
    Http,
    File,
}

impl Scheme {
    const ALL: [Self; 3] = [Self::Https, Self::Http, Self::File];

    fn prefix(self) -> &'static str {
        match self {
            Self::Https => "https://",
            Self::Http => "http://",
            Self::File => "file://",
        }
    }
}

impl Address {
    /// The address of a file or folder below.
    #[must_use]
    pub fn join(&self, path: &str) -> Self {
        Self {
            place: format!("{}/{path}", self.place),
            ..self.clone()
        }
    }

    /// The address of a file below, by its path as systems have it: what addresses can't have is written otherwise.
    #[must_use]
    pub fn below(&self, path: &str) -> Self {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
        let mut written = String::new();
        for byte in path.bytes() {
            if is_plain(byte) {
                written.push(char::from(byte));
            } else {
                // Writing to a String can't fail.
                let _ = write!(written, "%{byte:02X}");
            }
        }
        self.join(&written)
    }

    /// Whether somebody between here and there may change what comes.
    #[must_use]
    pub fn is_open(&self) -> bool {
        let host = self.host();
        let ip: Option<IpAddr> = host.parse().ok();
        let is_here = host == "localhost" || ip.is_some_and(|ip| ip.is_loopback());
        self.scheme == Scheme::Http && !is_here
    }

    pub(super) fn scheme(&self) -> Scheme {
        self.scheme
    }

    pub(super) fn authorization(&self) -> Option<&str> {
        self.authorization.as_deref()
    }

    /// The host, without its port.
    pub(super) fn host(&self) -> &str {
        let authority = self.place.split('/').next().unwrap_or_default();
        match authority.strip_prefix('[') {
            Some(v6) => v6.split(']').next().unwrap_or_default(),
            None => authority.split(':').next().unwrap_or_default(),
        }
    }

    /// The path on this machine that a `file://` address names; none for a server.
    #[must_use]
    pub fn path(&self) -> Option<PathBuf> {
        (self.scheme == Scheme::File).then(|| self.file())
    }

    /// The file that a `file://` address names.
    pub(super) fn file(&self) -> PathBuf {
        let path = decoded(&self.place);
        #[cfg(windows)]
        let path = path.strip_prefix('/').unwrap_or(&path).to_owned();
        PathBuf::from(path)
    }
}

/// Without user and password.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.scheme.prefix(), self.place)
    }
}

/// Without user and password, too.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

/// Why a text is no address. It finishes "… is no address: ", and has nothing secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseAddressError {
    /// Another kind, or none.
    #[error("it has to start with https://, http:// or file://")]
    Scheme,
    /// Nobody is named.
    #[error("it names no host")]
    Host,
    /// A password in the wrong place, perhaps.
    #[error("what follows its host isn't the number of a port")]
    Port,
    /// A part that addresses of proxies don't have.
    #[error("it has a part that starts with `{0}`")]
    Part(char),
    /// A character that has to be written otherwise.
    #[error("it has a character that no address has")]
    Character,
}

impl FromStr for Address {
    type Err = ParseAddressError;

    fn from_str(text: &str) -> Result<Self, ParseAddressError> {
        let find = |scheme: Scheme| Some((scheme, text.strip_prefix(scheme.prefix())?));
        let (scheme, rest) = Scheme::ALL
            .into_iter()
            .find_map(find)
            .ok_or(ParseAddressError::Scheme)?;
        if let Some(part) = rest.chars().find(|c| "?#".contains(*c)) {
            return Err(ParseAddressError::Part(part));
        }
        if rest
            .chars()
            .any(|c| c <= ' ' || !c.is_ascii() || "\"<>\\^`{|}\x7f".contains(c))
        {
            return Err(ParseAddressError::Character);
        }
        let authority = rest.split('/').next().unwrap_or_default();
        let user = authority.rsplit_once('@').map(|(user, _)| user);
        let place = user.map_or(Some(rest), |user| rest.get(user.len() + 1..));
        let place = place.unwrap_or_default().trim_end_matches('/');
        let names_host = place.split('/').next().is_some_and(|host| !host.is_empty());
        if (scheme == Scheme::File) == names_host {
            return Err(match scheme {
                Scheme::File => ParseAddressError::Scheme,
                Scheme::Http | Scheme::Https => ParseAddressError::Host,
            });
        }
        if scheme != Scheme::File && !has_port_or_none(place) {
            return Err(ParseAddressError::Port);
        }
        Ok(Self {
            scheme,
            place: place.to_owned(),
            authorization: user.map(authorization),
        })
    }
}

/// Whether nothing follows the host, or the number of a port.
fn has_port_or_none(place: &str) -> bool {
    let authority = place.split('/').next().unwrap_or_default();
    let behind = authority
        .rsplit_once(']')
        .map_or(authority, |(_, rest)| rest);
    match behind.split_once(':') {
        Some((_, port)) => port.parse::<u16>().is_ok() && !port.starts_with('+'),
        None => true,
    }
}

/// The header for `user:password`, as addresses write that.
fn authorization(user: &str) -> String {
    let (user, password) = user.split_once(':').unwrap_or((user, ""));
    let both = format!("{}:{}", decoded(user), decoded(password));
    format!("Basic {}", BASE64.encode(both.as_bytes()))
}

/// A text in which `%2F` is a slash.
fn decoded(text: &str) -> String {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let hex = part
            .get(..2)
            .filter(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
        if let Some(byte) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            bytes.push(byte);
            bytes.extend(part.bytes().skip(2));
        } else {
            bytes.push(b'%');
            bytes.extend(part.bytes());
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_secret_is_sent_and_never_shown() {
        let address = address("https://me%40work:p%2Fw@proxy.example.com:8443/go/");
        assert_eq!(address.to_string(), "https://proxy.example.com:8443/go");
        assert_eq!(
            format!("{address:?}"),
            "Address(https://proxy.example.com:8443/go)"
        );
        let header = address.authorization().unwrap();
        let sent = BASE64.decode(header.strip_prefix("Basic ").unwrap().as_bytes());
        assert_eq!(sent.unwrap(), b"me@work:p/w");
        assert_eq!(
            address.join("a/b").to_string(),
            "https://proxy.example.com:8443/go/a/b"
        );
        assert_eq!(address.host(), "proxy.example.com");
    }

    #[test]
    fn a_folder_is_an_address_too() {
        let address = address("file:///srv/go%20proxy/");
        assert_eq!(address.to_string(), "file:///srv/go%20proxy");
        #[cfg(unix)]
        assert_eq!(address.join("x").file(), PathBuf::from("/srv/go proxy/x"));
    }

    #[test]
    fn a_path_is_written_as_addresses_have_it() {
        let below = |path: &str| address("https://example.com/v1").below(path).to_string();
        assert_eq!(below("a_1/a-b.~c"), "https://example.com/v1/a_1/a-b.~c");
        assert_eq!(
            below("v1+2/ü ?#%"),
            "https://example.com/v1/v1%2B2/%C3%BC%20%3F%23%25"
        );
        #[cfg(unix)]
        assert_eq!(
            address("file:///srv").below("ü %+").file(),
            PathBuf::from("/srv/ü %+")
        );
    }

    #[test]
    fn what_comes_by_http_from_another_machine_may_be_changed_on_its_way() {
        for (text, is_open) in [
            ("http://example.com/v1", true),
            ("http://127.0.0.1.example.com/v1", true),
            ("http://127.0.0.1:8080/v1", false),
            ("http://[::1]/v1", false),
            ("http://localhost/v1", false),
            ("https://example.com/v1", false),
            ("file:///srv", false),
        ] {
            assert_eq!(address(text).is_open(), is_open, "{text}");
        }
    }

    #[test]
    fn hosts_are_found_whatever_is_around_them() {
        for (text, host) in [
            ("http://[::1]:80/x", "::1"),
            ("http://a:b@127.0.0.1:80", "127.0.0.1"),
            ("https://example.com", "example.com"),
        ] {
            assert_eq!(address(text).host(), host, "{text}");
        }
    }

    #[test]
    fn a_text_that_is_no_address_is_refused_without_being_quoted() {
        for (text, fault) in [
            ("proxy.example.com", ParseAddressError::Scheme),
            ("ftp://me:secret@example.com", ParseAddressError::Scheme),
            ("https://", ParseAddressError::Host),
            ("https:///x", ParseAddressError::Host),
            ("https://me:secret@/x", ParseAddressError::Host),
            ("https://me:secret", ParseAddressError::Port),
            ("https://[::1]:secret", ParseAddressError::Port),
            ("file://server/share", ParseAddressError::Scheme),
            ("https://example.com/?q", ParseAddressError::Part('?')),
            ("https://example.com/a b", ParseAddressError::Character),
            ("https://exämple.com", ParseAddressError::Character),
        ] {
            let error = text.parse::<Address>().unwrap_err();
            assert_eq!(error, fault, "{text}");
            assert!(!error.to_string().contains("secret"));
        }
    }

    #[test]
    fn what_isnt_written_as_digits_stays() {
        assert_eq!(decoded("100%"), "100%");
        assert_eq!(decoded("%zz%41%4"), "%zzA%4");
        assert_eq!(decoded("%+1"), "%+1");
    }
}
