//! `ca-roots`: the certificates that are trusted.

use super::http_client;
use super::runtime::{Unreached, reached};
use crate::verify::uses::Uses;
use crate::verify::{
    Check, Class, Evidence, Finding, Fix, Need, Rule, RuleId, Severity, Subject, Systems,
};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("ca-roots"),
    class: Class::Runtime,
    systems: Systems::PlainUnix,
    severity: Severity::Fail,
    summary: "the program asks servers for certificates, and trusts those that the system trusts",
    explanation: "A client of TLS holds the certificate of a server against the authorities that \
        the system trusts. Go reads them from the first of these files that is there: \
        /etc/ssl/certs/ca-certificates.crt (Debian, Ubuntu, Arch, most images), \
        /etc/pki/tls/certs/ca-bundle.crt (Fedora, RHEL), /etc/ssl/ca-bundle.pem (openSUSE), \
        /etc/pki/tls/cacert.pem, /etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem (CentOS, RHEL 7), \
        /etc/ssl/cert.pem (Alpine, the BSDs); and all files in /etc/ssl/certs and \
        /etc/pki/tls/certs. SSL_CERT_FILE and SSL_CERT_DIR name others. Java's cacerts are never \
        read. An image made from scratch has none of these. A server doesn't \
        need them, although it has the code that reads them: what is looked for is who starts a \
        handshake as a client. Roots that the program hands over in a tls.Config don't show, nor \
        that it doesn't verify; a pool that it fills may as well be the one by which a server \
        knows its clients. Where all requests that show are to this machine by http, as those of a health \
        check, that is said. So the finding says what is possible. On Windows and macOS the \
        system itself verifies.",
    symptom: "tls: failed to verify certificate: x509: certificate signed by unknown authority",
    signs: &[
        "x509: certificate signed by unknown authority",
        "x509: failed to load system roots and no roots provided",
        "open /etc/ssl/certs/ca-certificates.crt: no such file or directory",
    ],
    fixes: &[
        Fix::manifest("`[embed] ca_roots = true`, for Go 1.20 and later"),
        Fix::image(
            "copy /etc/ssl/certs/ca-certificates.crt from an image that has it, or install \
         ca-certificates",
        ),
        Fix::source("import _ \"golang.org/x/crypto/x509roots/fallback\""),
    ],
    check: Check::Functions(check),
};

const SUBJECT: &str = "trusted certificates";
/// What `tls.Client` stores in each connection; it is small, and so mostly inlined itself.
const CLIENT: &str = "crypto/tls.(*Conn).clientHandshake-fm";
/// Go's HTTP server makes a client's connection only to have a value of that type: it never shakes
/// hands.
const SERVER: &str = "net/http.(*conn).maybeServeUnencryptedHTTP2";
/// Who asks for a client's handshake, where it doesn't show who refers to whom, and with Go 1.11,
/// whose connections store nothing of the kind.
const CLIENTS: &[&str] = &[
    "crypto/tls.dial",
    "crypto/tls.DialWithDialer",
    "net/http.(*persistConn).addTLS",
    "net/smtp.(*Client).StartTLS",
];
const ROOTS: &str = "crypto/x509.SystemCertPool";
const VERIFY: &str = "crypto/x509.(*Certificate).Verify";
const LOAD: &str = "crypto/x509.loadSystemRoots";
/// What puts the program's own roots into the place of those that are missing.
const EMBEDDED: &str = "crypto/x509.SetFallbackRoots";
const WITHOUT_TLS: &str = "; all requests that show are to this machine, and by http";
const OWN_POOL: &[&str] = &[
    "crypto/x509.(*CertPool).AppendCertsFromPEM",
    "crypto/x509.(*CertPool).AddCert",
];

fn check(_: &Evidence<'_>, uses: Uses<'_>) -> Vec<Finding> {
    if !uses.links(&[LOAD]) || uses.links(&[EMBEDDED]) {
        return Vec::new();
    }
    let clients = match uses.has_calls() && uses.links(&[CLIENT]) {
        true if uses.is_referred_to(CLIENT, &[SERVER]) => &[CLIENT],
        true => &[][..],
        false => CLIENTS,
    };
    let names = [clients, &[ROOTS]].concat();
    let found = uses.links(&names).then(|| {
        let leads = [&names, http_client::ASK].concat();
        let chain = uses.chain_past(&leads, &[SERVER]);
        let mut finding = reached(&RULE, chain, Unreached::AsBad, SUBJECT, Need::CaRoots);
        if asks_itself(uses, &names) {
            finding.detail.push_str(WITHOUT_TLS);
        }
        with_own_pool(uses, finding)
    });
    found.or_else(|| verified(uses)).into_iter().collect()
}

/// Whether whoever leads to a handshake does so by Go's client of HTTP, and that asks this machine
/// alone, without TLS.
fn asks_itself(uses: Uses<'_>, handshakes: &[&str]) -> bool {
    http_client::seems_to_ask_itself(uses) && uses.chain_past(handshakes, &["net/http."]).is_none()
}

/// Certificates that the program verifies by itself: mostly against roots that it was given.
fn verified(uses: Uses<'_>) -> Option<Finding> {
    let chain = uses.chain(&[VERIFY])?;
    let detail = format!(
        "{chain}; the system's are asked unless VerifyOptions.Roots is set, which doesn't show"
    );
    let subject = Subject::unnamed("certificates that others are checked against");
    let mut finding = RULE.finding(subject, detail).needing(Need::CaRoots);
    finding.severity = Severity::Info;
    finding.chain = chain.names;
    Some(finding)
}

fn with_own_pool(uses: Uses<'_>, mut finding: Finding) -> Finding {
    if let Some(call) = uses.likeliest_call(uses.calls_of(OWN_POOL)) {
        let chain = uses.chain_to(call);
        let more = format!(
            "; the program also reads certificates itself ({chain}), and whether this connection \
             is given them, or a server that asks its clients for theirs, doesn't show"
        );
        finding.detail.push_str(&more);
    }
    finding
}
