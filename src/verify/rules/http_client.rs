//! Go's client of HTTP. It asks by an interface (`http.RoundTripper`), so who wants something of a
//! server shows only in front of that.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::inspect::Word;
use crate::verify::uses::{Call, Uses};

/// What connects to a server.
pub(super) const CONNECT: &str = "net/http.(*Transport).dialConn";

/// What leads there by the interface.
pub(super) const ASK: &[&str] = &[
    "net/http.(*Client).do",
    "net/http/httputil.(*ReverseProxy).ServeHTTP",
    "net/http/httputil.NewSingleHostReverseProxy",
];

/// Functions that make a request from a URL.
pub(super) const URLS: &[(&str, Word)] = &[
    ("net/http.Get", Word(0)),
    ("net/http.Head", Word(0)),
    ("net/http.Post", Word(0)),
    ("net/http.PostForm", Word(0)),
    ("net/http.(*Client).Get", Word(1)),
    ("net/http.(*Client).Head", Word(1)),
    ("net/http.(*Client).Post", Word(1)),
    ("net/http.(*Client).PostForm", Word(1)),
    ("net/http.NewRequest", Word(2)),
    // The context comes first, and takes two words.
    ("net/http.NewRequestWithContext", Word(4)),
];

/// Functions that send a request which somebody else made.
const SEND: &[&str] = &["net/http.(*Client).Do", "net/http.(*Client).do"];
/// Functions that are called with any request.
const HAND_ON: &[&str] = &[
    "net/http.(*Transport).RoundTrip",
    "net/http.(*Transport).roundTrip",
];
/// It is called by an interface: only who has a value of its type has it.
const PROXY: &[&str] = &["net/http/httputil.(*ReverseProxy).ServeHTTP"];

/// Where a program's requests go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Server {
    /// This machine, asked without TLS by a number.
    Itself,
    /// The same, by the name that each machine has for itself.
    Localhost,
    /// Another one, or one that doesn't show.
    Any,
}

/// Where all requests go that code which isn't Go's own makes: the server that wants the most.
pub(super) fn server(uses: Uses<'_>) -> Server {
    let urls = uses.calls(URLS);
    let sites = uses.sites(URLS).into_iter();
    let makers: BTreeSet<_> = sites.map(|(_, site)| site.call.caller()).collect();
    let mut sent = uses.calls_of(SEND).map(Call::caller);
    let shows = urls.unknown.is_empty()
        && !uses.links(PROXY)
        && sent.all(|sender| makers.contains(&sender))
        && uses.calls_of(HAND_ON).next().is_none();
    if !shows {
        return Server::Any;
    }
    let servers = urls.texts.keys().map(|url| Server::of(url));
    servers.max().unwrap_or(Server::Any)
}

impl Server {
    fn of(url: &str) -> Self {
        let Some(rest) = url.strip_prefix("http://") else {
            return Self::Any;
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        // In front of it may stand a user, with a password.
        let authority = authority.rsplit('@').next().unwrap_or_default();
        let host = match authority.rsplit_once(':') {
            Some((host, _)) if !authority.ends_with(']') => host,
            _ => authority,
        };
        let number = host.trim_start_matches('[').trim_end_matches(']');
        match number.parse::<IpAddr>() {
            Ok(address) if address.is_loopback() => Self::Itself,
            Err(_) if host == "localhost" => Self::Localhost,
            Ok(_) | Err(_) => Self::Any,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_asks_itself_by_a_number_or_by_its_own_name() {
        for (url, server) in [
            ("http://127.0.0.1:8080/health", Server::Itself),
            ("http://127.0.0.2", Server::Itself),
            ("http://[::1]:80?a=b", Server::Itself),
            ("http://[::1]/", Server::Itself),
            ("http://localhost:8080/", Server::Localhost),
            ("http://localhost", Server::Localhost),
            ("http://example.com/", Server::Any),
            ("http://192.0.2.1/", Server::Any),
            ("http://localhost.example/", Server::Any),
            ("http://127.0.0.1@example.com/", Server::Any),
            ("http://127.0.0.1:80@example.com/", Server::Any),
            ("http://me:secret@[::1]:80/", Server::Itself),
            ("https://127.0.0.1/", Server::Any),
            ("127.0.0.1", Server::Any),
        ] {
            assert_eq!(Server::of(url), server, "{url}");
        }
    }
}
