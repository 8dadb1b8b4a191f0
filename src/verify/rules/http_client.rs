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

/// Whether all requests that show, of those that code makes which isn't Go's own, are to this machine
/// and without TLS. There may be others: by interfaces, by variables that change, by requests that do.
pub(super) fn seems_to_ask_itself(uses: Uses<'_>) -> bool {
    let urls = uses.calls(URLS);
    let sites = uses.sites(URLS).into_iter();
    let makers: BTreeSet<_> = sites.map(|(_, site)| site.call.caller()).collect();
    let mut sent = uses.calls_of(SEND).map(Call::caller);
    let mut shown = urls.texts.keys();
    !urls.texts.is_empty()
        && urls.unknown.is_empty()
        && shown.all(|url| is_this_machine(url))
        && !uses.links(PROXY)
        && sent.all(|sender| makers.contains(&sender))
        && uses.calls_of(HAND_ON).next().is_none()
}

fn is_this_machine(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("http://") else {
        return false;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    // In front of it may stand a user, with a password.
    let authority = authority.rsplit('@').next().unwrap_or_default();
    let host = match authority.rsplit_once(':') {
        Some((host, _)) if !authority.ends_with(']') => host,
        _ => authority,
    };
    let number = host.trim_start_matches('[').trim_end_matches(']');
    let is_loopback = |address: IpAddr| address.is_loopback();
    host == "localhost" || number.parse().is_ok_and(is_loopback)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_asks_itself_by_a_number_or_by_its_own_name() {
        for url in [
            "http://127.0.0.1:8080/health",
            "http://127.0.0.2",
            "http://[::1]:80?a=b",
            "http://[::1]/",
            "http://localhost:8080/",
            "http://localhost",
            "http://me:secret@[::1]:80/",
        ] {
            assert!(is_this_machine(url), "{url}");
        }
        for url in [
            "http://example.com/",
            "http://192.0.2.1/",
            "http://localhost.example/",
            "http://127.0.0.1@example.com/",
            "http://127.0.0.1:80@example.com/",
            "https://127.0.0.1/",
            "127.0.0.1",
        ] {
            assert!(!is_this_machine(url), "{url}");
        }
    }
}
