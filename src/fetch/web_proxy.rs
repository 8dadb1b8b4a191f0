//! `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, as Go reads them.
//!
//! Source: `golang.org/x/net/http/httpproxy`.

use std::net::IpAddr;

use super::address::{Address, Scheme};
use super::error::FetchError;
use crate::host::Environment;

/// Who stands between this machine and servers.
#[derive(Clone, Default)]
pub struct WebProxies {
    https: Option<String>,
    http: Option<String>,
    /// For whom nobody does.
    without: Vec<String>,
}

impl WebProxies {
    /// Those of the environment.
    #[must_use]
    pub fn of(env: &Environment) -> Self {
        let either = |upper: &str, lower: &str| {
            let value = env.get(upper).or_else(|| env.get(lower))?;
            Some(value.to_string_lossy().into_owned())
        };
        let without = either("NO_PROXY", "no_proxy").unwrap_or_default();
        let without = without.split(',').map(|entry| entry.trim().to_lowercase());
        Self {
            https: either("HTTPS_PROXY", "https_proxy"),
            http: either("HTTP_PROXY", "http_proxy"),
            without: without.filter(|entry| !entry.is_empty()).collect(),
        }
    }

    /// The one for an address; none where the server is asked itself.
    ///
    /// # Errors
    /// When what is set is no proxy.
    pub(crate) fn between(&self, address: &Address) -> Result<Option<ureq::Proxy>, FetchError> {
        let (variable, value) = match address.scheme() {
            Scheme::Https => ("HTTPS_PROXY", &self.https),
            Scheme::Http => ("HTTP_PROXY", &self.http),
            Scheme::File => return Ok(None),
        };
        let Some(value) = value.as_ref().filter(|_| !self.is_without(address.host())) else {
            return Ok(None);
        };
        let proxy = ureq::Proxy::new(value);
        proxy
            .map(Some)
            .map_err(|_| FetchError::WebProxy { variable })
    }

    /// Whether nobody stands before a host.
    fn is_without(&self, host: &str) -> bool {
        let host = host.to_lowercase();
        let host = host.trim_end_matches('.');
        let ip: Option<IpAddr> = host.parse().ok();
        if host == "localhost" || ip.is_some_and(|ip| ip.is_loopback()) {
            return true;
        }
        self.without.iter().any(|entry| {
            if let (Some(ip), Some((network, bits))) = (ip, entry.split_once('/')) {
                return is_in(ip, network, bits);
            }
            let entry = without_port(entry);
            match entry.strip_prefix("*.").or_else(|| entry.strip_prefix('.')) {
                _ if entry == "*" => true,
                Some(domain) => is_below(host, domain),
                None => host == entry || ip.is_none() && is_below(host, entry),
            }
        })
    }
}

/// The host of an entry: which port is meant isn't looked at.
fn without_port(entry: &str) -> &str {
    match entry.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
            let bare = host
                .strip_prefix('[')
                .and_then(|host| host.strip_suffix(']'));
            bare.unwrap_or(if host.contains(':') { entry } else { host })
        }
        _ => entry,
    }
}

fn is_below(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain)
        .is_some_and(|rest| rest.ends_with('.'))
}

/// Whether an address is in a network such as 10.0.0.0/8.
fn is_in(ip: IpAddr, network: &str, bits: &str) -> bool {
    let (Ok(network), Ok(bits)) = (network.parse::<IpAddr>(), bits.parse::<u32>()) else {
        return false;
    };
    match (ip, network) {
        (IpAddr::V4(ip), IpAddr::V4(network)) => {
            let differ = ip.to_bits() ^ network.to_bits();
            bits <= 32 && differ.leading_zeros() >= bits
        }
        (IpAddr::V6(ip), IpAddr::V6(network)) => {
            let differ = ip.to_bits() ^ network.to_bits();
            bits <= 128 && differ.leading_zeros() >= bits
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proxy_is_that_of_the_kind_of_address() {
        let env = Environment::of([
            ("https_proxy", "http://secure.test:3128"),
            ("HTTP_PROXY", "plain.test:8080"),
        ]);
        let proxies = WebProxies::of(&env);
        let host = |address: &str| {
            let proxy = proxies.between(&address.parse().unwrap()).unwrap();
            proxy.map(|proxy| proxy.host().to_owned())
        };
        assert_eq!(host("https://a.test"), Some("secure.test".to_owned()));
        assert_eq!(host("http://a.test"), Some("plain.test".to_owned()));
        assert_eq!(host("https://127.0.0.1:80"), None);
        assert_eq!(host("https://localhost"), None);
        assert_eq!(host("file:///x"), None);
    }

    #[test]
    fn those_who_are_asked_themselves_are_found_as_go_finds_them() {
        let list =
            "example.com,.sub.test, *.wild.test,10.0.0.0/8,192.168.1.1,ported.test:443,fd00::/8";
        let proxies = WebProxies::of(&Environment::of([("NO_PROXY", list)]));
        for host in [
            "example.com",
            "a.EXAMPLE.com",
            "x.sub.test",
            "x.wild.test",
            "10.1.2.3",
            "192.168.1.1",
            "ported.test",
            "fd00::1",
            "::1",
        ] {
            assert!(proxies.is_without(host), "{host}");
        }
        for host in [
            "myexample.com",
            "sub.test",
            "11.0.0.1",
            "192.168.1.10",
            "fe80::1",
        ] {
            assert!(!proxies.is_without(host), "{host}");
        }
        let all = WebProxies::of(&Environment::of([("no_proxy", "*")]));
        assert!(all.is_without("anything.test"));
    }

    #[test]
    fn a_value_that_is_no_proxy_is_told_of_by_its_variable() {
        let env = Environment::of([("HTTPS_PROXY", "nonsense://me:secret@x")]);
        let error = WebProxies::of(&env).between(&"https://a.test".parse().unwrap());
        let error = error.unwrap_err().to_string();
        assert!(
            error.contains("HTTPS_PROXY") && !error.contains("secret"),
            "{error}"
        );
    }
}
