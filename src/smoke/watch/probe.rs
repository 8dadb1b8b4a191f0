//! Asking a service over its network whether it is well.

use std::io::{self, BufRead as _, BufReader, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use super::super::{Probe, Unwell};
use super::in_time::InTime;
use super::process::left;
use super::tls::Tls;

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// As much of an answer as has its first line.
const FIRST_LINE: u64 = 1024;
/// As much of what follows as has the headers, and tells what is wrong.
const REST: u64 = 4096;

/// Asks one service.
pub(super) struct Asker<'a> {
    probe: &'a Probe,
    port: u16,
    tls: Option<Tls>,
}

impl<'a> Asker<'a> {
    pub(super) fn new(probe: &'a Probe, port: u16, trusted: Option<&str>) -> io::Result<Self> {
        let tls = matches!(probe, Probe::Https { .. }).then(|| Tls::new(trusted));
        Ok(Self {
            probe,
            port,
            tls: tls.transpose()?,
        })
    }

    /// Asks once. An error is the answer, or why there is none.
    pub(super) fn ask(&self, until: Instant) -> Result<(), Unwell> {
        let deadline = until.min(Instant::now() + PATIENCE);
        let stream = self.connect(deadline)?;
        match (self.probe, &self.tls) {
            (Probe::Http(path) | Probe::Https { path, .. }, None) => self.get(path, stream),
            (Probe::Http(path) | Probe::Https { path, .. }, Some(tls)) => {
                let stream = tls.over(stream)?;
                self.get(path, stream)
            }
            (Probe::Tcp | Probe::Command(_), _) => Ok(()),
        }
    }

    fn connect(&self, deadline: Instant) -> io::Result<InTime> {
        let connect = |address: SocketAddr| TcpStream::connect_timeout(&address, left(deadline));
        let ipv4 = connect((Ipv4Addr::LOCALHOST, self.port).into());
        let stream = ipv4.or_else(|why| {
            let ipv6 = connect((Ipv6Addr::LOCALHOST, self.port).into());
            ipv6.map_err(|_| why)
        })?;
        Ok(InTime::new(stream, deadline))
    }

    /// Only the first line of the answer counts, so this is all of HTTP that it takes. The rest may tell why a service
    /// isn't well.
    fn get(&self, path: &str, mut stream: impl Read + Write) -> Result<(), Unwell> {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: localhost:{}\r\nUser-Agent: gobuildx\r\nAccept: */*\r\n\
             Connection: close\r\n\r\n",
            self.port
        );
        stream.write_all(request.as_bytes())?;
        let mut answer = BufReader::new(stream).take(FIRST_LINE);
        let mut line = Vec::new();
        answer.read_until(b'\n', &mut line)?;
        judged(&String::from_utf8_lossy(&line)).map_err(|why| {
            answer.set_limit(REST);
            let mut rest = Vec::new();
            // What came before an error is there.
            let _ = answer.read_to_end(&mut rest);
            let body = body(&String::from_utf8_lossy(&rest)).to_owned();
            Unwell { why, body }
        })
    }
}

/// What follows the headers.
fn body(rest: &str) -> &str {
    rest.split_once("\r\n\r\n").map_or("", |(_, body)| body)
}

/// What the first line of an answer says.
fn judged(line: &str) -> Result<(), String> {
    let status = line
        .strip_suffix('\n')
        .and_then(|line| line.strip_prefix("HTTP/1."))
        .and_then(|rest| rest.split_once(' '))
        .map(|(_, status)| status.trim_end())
        .filter(|status| has_code(status));
    match status {
        Some(status) if status.starts_with('2') => Ok(()),
        Some(status) => Err(status.to_owned()),
        None => {
            let line: String = line.trim_end().chars().take(LINE).collect();
            Err(format!("it doesn't speak HTTP: `{}`", line.escape_debug()))
        }
    }
}

/// So much is told of a line that is none of HTTP.
const LINE: usize = 100;

/// Whether a status has three digits and then its words, if any (RFC 9112, section 4).
fn has_code(status: &str) -> bool {
    let code = status.split(' ').next().unwrap_or_default();
    code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_hundreds_are_well() {
        assert_eq!(judged("HTTP/1.1 200 OK\r\n"), Ok(()));
        assert_eq!(judged("HTTP/1.0 204 \r\n"), Ok(()));
        let unwell = judged("HTTP/1.1 503 Service Unavailable\r\n").unwrap_err();
        assert_eq!(unwell, "503 Service Unavailable");
        assert!(judged("SSH-2.0-Go\r\n").unwrap_err().contains("SSH-2.0-Go"));
        for line in [
            "",
            "HTTP/1.1 2\r\n",
            "HTTP/1.1 2999 no\r\n",
            "HTTP/1.1 200 OK",
        ] {
            assert!(judged(line).is_err(), "{line}");
        }
        let long = judged(&"x".repeat(1000)).unwrap_err();
        assert!(long.len() < 150, "{long}");
    }

    #[test]
    fn the_body_follows_the_headers() {
        assert_eq!(
            body("A: b\r\nC: d\r\n\r\nno\r\n\r\nzone\n"),
            "no\r\n\r\nzone\n"
        );
        assert_eq!(body("A: b\r\n"), "");
    }
}
