//! Calls that take an address, and what an address that is constant says.
//!
//! Source: the signatures in Go's packages net, crypto/tls, net/http, net/rpc, net/smtp,
//! net/textproto and log/syslog; for the words, `src/cmd/compile/abi-internal.md`.

use std::net::IpAddr;

use crate::inspect::{Argument, Word};
use crate::verify::uses::{Site, Uses};

/// What is done with an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Somebody else is asked.
    Reach,
    /// Others are waited for. Mostly there is no host in the address.
    Listen,
}

/// Where a function takes an address.
#[derive(Clone, Copy, Debug)]
pub(super) struct Taker {
    purpose: Purpose,
    pub(super) network: Option<Word>,
    pub(super) address: Word,
}

const fn reach(network: usize, address: usize) -> Taker {
    Taker {
        purpose: Purpose::Reach,
        network: Some(Word(network)),
        address: Word(address),
    }
}

const fn listen(network: usize, address: usize) -> Taker {
    Taker {
        purpose: Purpose::Listen,
        ..reach(network, address)
    }
}

/// Functions whose network is TCP, and nothing but that.
const fn tcp(purpose: Purpose) -> Taker {
    Taker {
        purpose,
        network: None,
        address: Word(0),
    }
}

/// All functions that take an address as a text. Those that Go may inline come with what is called
/// in their place.
pub(super) const TAKERS: &[(&str, Taker)] = &[
    ("net.Dial", reach(0, 2)),
    ("net.DialTimeout", reach(0, 2)),
    ("net.(*Dialer).Dial", reach(1, 3)),
    // The context comes first, and takes two words.
    ("net.(*Dialer).DialContext", reach(3, 5)),
    ("net.ResolveTCPAddr", reach(0, 2)),
    ("net.ResolveUDPAddr", reach(0, 2)),
    ("net.ResolveIPAddr", reach(0, 2)),
    ("net.ResolveUnixAddr", reach(0, 2)),
    ("crypto/tls.Dial", reach(0, 2)),
    ("crypto/tls.DialWithDialer", reach(1, 3)),
    // What it is inlined to: the context and the dialer come first.
    ("crypto/tls.dial", reach(3, 5)),
    ("crypto/tls.(*Dialer).Dial", reach(1, 3)),
    ("crypto/tls.(*Dialer).DialContext", reach(3, 5)),
    ("net/rpc.Dial", reach(0, 2)),
    ("net/rpc.DialHTTP", reach(0, 2)),
    ("net/rpc.DialHTTPPath", reach(0, 2)),
    ("net/rpc/jsonrpc.Dial", reach(0, 2)),
    ("net/textproto.Dial", reach(0, 2)),
    ("log/syslog.Dial", reach(0, 2)),
    ("net/smtp.Dial", tcp(Purpose::Reach)),
    ("net/smtp.SendMail", tcp(Purpose::Reach)),
    ("net.Listen", listen(0, 2)),
    ("net.ListenPacket", listen(0, 2)),
    ("net.(*ListenConfig).Listen", listen(3, 5)),
    ("net.(*ListenConfig).ListenPacket", listen(3, 5)),
    ("crypto/tls.Listen", listen(0, 2)),
    ("net/http.ListenAndServe", tcp(Purpose::Listen)),
    ("net/http.ListenAndServeTLS", tcp(Purpose::Listen)),
];

/// A call with an address, and what is known of that.
#[derive(Clone, Copy, Debug)]
pub(super) struct Address<'a> {
    pub(super) purpose: Purpose,
    pub(super) site: Site,
    /// Where the address stands.
    pub(super) word: Word,
    /// None where it isn't constant, or can't be read.
    network: Option<&'a str>,
    argument: Argument<'a>,
}

/// The addresses that code which isn't Go's own has.
pub(super) fn addresses(uses: Uses<'_>) -> impl Iterator<Item = Address<'_>> {
    let sites = uses.sites(TAKERS).into_iter();
    sites.map(move |(taker, site)| Address {
        purpose: taker.purpose,
        site,
        word: taker.address,
        network: match taker.network {
            Some(word) => uses.text(site, word),
            None => Some("tcp"),
        },
        argument: uses.argument(site, taker.address),
    })
}

impl<'a> Address<'a> {
    /// Whether it leads to a file and not to a host, as far as that shows: the networks are unix,
    /// unixgram and unixpacket.
    pub(super) fn is_file(&self) -> bool {
        self.network
            .is_some_and(|network| network.starts_with("unix"))
    }

    /// Whether its host has to be looked up. What isn't constant is mostly a name where
    /// somebody is to be reached, and nobody's where others are waited for.
    pub(super) fn has_name(&self) -> bool {
        if self.is_file() {
            return false;
        }
        let is_mostly = self.purpose == Purpose::Reach;
        match self.argument {
            Argument::Text(text) => is_name(host(text)),
            Argument::Start(text) => is_mostly || is_name(host(text)),
            _ => is_mostly,
        }
    }

    /// The port, where it is constant and Go doesn't know its number, after its network.
    pub(super) fn unknown_port(&self) -> Option<(&'a str, &'a str)> {
        let network = self.network.filter(|_| !self.is_file())?;
        let (_, port) = self.argument.text()?.rsplit_once(':')?;
        needs_list(network, port).then_some((network, port))
    }
}

/// The host of an address: what is before the port, without the brackets of IPv6.
pub(super) fn host(address: &str) -> &str {
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
    let inner = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    inner.unwrap_or(host)
}

/// Whether somebody has to be asked for a host.
pub(super) fn is_name(host: &str) -> bool {
    let number = host.split_once('%').map_or(host, |(number, _zone)| number);
    !host.is_empty() && number.parse::<IpAddr>().is_err()
}

/// Whether the number of a port can only come from the system's list.
///
/// Source: `services` in Go's `src/net/lookup.go`.
pub(super) fn needs_list(network: &str, port: &str) -> bool {
    let is_number = port.bytes().all(|byte| byte.is_ascii_digit());
    let known: &[&str] = match network.strip_prefix("udp") {
        Some(_) => &["domain"],
        None => &[
            "domain",
            "ftp",
            "ftps",
            "gopher",
            "http",
            "https",
            "imap2",
            "imap3",
            "imaps",
            "pop3",
            "pop3s",
            "smtp",
            "ssh",
            "submissions",
            "telnet",
        ],
    };
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    port.bytes().all(is_word) && !is_number && !known.contains(&port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_before_the_port_and_without_brackets() {
        assert_eq!(host("example.com:80"), "example.com");
        assert_eq!(host("[::1]:80"), "::1");
        assert_eq!(host(":80"), "");
        assert_eq!(host("example.com"), "example.com");
    }

    #[test]
    fn numbers_and_nothing_are_not_looked_up() {
        for host in ["", "192.0.2.1", "::1", "fe80::1%eth0"] {
            assert!(!is_name(host), "{host}");
        }
        assert!(is_name("localhost") && is_name("1.example"));
    }

    #[test]
    fn ports_that_go_knows_need_no_list() {
        for port in ["", "80", "https", "ssh"] {
            assert!(!needs_list("tcp", port), "{port}");
        }
        assert!(needs_list("tcp", "postgresql") && needs_list("udp", "https"));
        assert!(!needs_list("tcp", "a b"), "no port has a space");
    }
}
