//! Where the certificates of the authorities come from.
//!
//! Source: `crypto/x509` of Go 1.26: `root_unix.go`, `root_linux.go`, `root_bsd.go`,
//! `root_solaris.go`, `root_aix.go`, `root_plan9.go`.

use super::{Block, Topic, list};

pub(super) const TOPIC: Topic = Topic {
    id: "ca-roots",
    said: &[],
    summary: "where a program finds the authorities that it trusts, on each system",
    blocks,
};

fn blocks() -> Vec<Block> {
    vec![
        Block::Text(
            "A Go program trusts what the system trusts. On macOS, iOS and Windows it asks the system \
             itself. Elsewhere it reads files when it first verifies a certificate: the first of the \
             bundles that can be read, and then every file of the folders. If there are none, every \
             connection by TLS fails.",
        ),
        list("Bundles on Linux, in this order", LINUX),
        list("Folders on Linux, all of them", FOLDERS),
        list("Bundles and folders elsewhere", ELSEWHERE),
        list("In containers", CONTAINERS),
        list(
            "Variables that replace these, but not on macOS, iOS and Windows",
            VARIABLES,
        ),
        list("Java's store, which Go doesn't read", JAVA),
        list("To have them without the system", EMBEDDED),
    ]
}

const LINUX: &[(&str, &str)] = &[
    (
        "/etc/ssl/certs/ca-certificates.crt",
        "Debian, Ubuntu, Gentoo, Alpine, distroless",
    ),
    (
        "/etc/pki/tls/certs/ca-bundle.crt",
        "Fedora, RHEL 6 and later",
    ),
    ("/etc/ssl/ca-bundle.pem", "openSUSE and SLES"),
    ("/etc/pki/tls/cacert.pem", "OpenELEC"),
    (
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
        "CentOS, RHEL 7 and later",
    ),
    ("/etc/ssl/cert.pem", "Alpine"),
];

const FOLDERS: &[(&str, &str)] = &[
    ("/etc/ssl/certs", "SUSE, Debian"),
    ("/etc/pki/tls/certs", "Fedora, RHEL"),
    ("/system/etc/security/cacerts", "Android"),
    (
        "/data/misc/keychain/certs-added",
        "Android: what the user added",
    ),
];

const ELSEWHERE: &[(&str, &str)] = &[
    (
        "/usr/local/etc/ssl/cert.pem",
        "FreeBSD, from the package ca_root_nss",
    ),
    ("/etc/ssl/certs", "FreeBSD 12.2 and later, a folder"),
    ("/etc/ssl/cert.pem", "OpenBSD"),
    (
        "/etc/openssl/certs",
        "NetBSD, a folder; its bundle is ca-certificates.crt in it",
    ),
    (
        "/usr/local/share/certs",
        "DragonFly and FreeBSD, a folder; the bundle is ca-root-nss.crt in it",
    ),
    (
        "/etc/certs/ca-certificates.crt",
        "Solaris; SmartOS has /etc/ssl/certs/ca-certificates.crt, OmniOS /etc/ssl/cacert.pem",
    ),
    ("/var/ssl/certs/ca-bundle.crt", "AIX"),
    ("/sys/lib/tls/ca.pem", "Plan 9"),
];

const CONTAINERS: &[(&str, &str)] = &[
    (
        "scratch",
        "nothing: copy a bundle to /etc/ssl/certs/ca-certificates.crt",
    ),
    ("distroless", "has the bundle, also the image called static"),
    (
        "alpine",
        "has the bundle; update-ca-certificates is in the package ca-certificates",
    ),
    (
        "debian, ubuntu",
        "have none before apt-get install ca-certificates",
    ),
    ("fedora, ubi", "have the bundle"),
];

const VARIABLES: &[(&str, &str)] = &[
    (
        "SSL_CERT_FILE",
        "one bundle in place of the list of bundles; the folders are still read",
    ),
    (
        "SSL_CERT_DIR",
        "folders in place of the list of folders, with colons between",
    ),
];

const JAVA: &[(&str, &str)] = &[
    (
        "$JAVA_HOME/lib/security/cacerts",
        "in every JDK; it is a keystore and no PEM file",
    ),
    ("/etc/ssl/certs/java/cacerts", "Debian, Ubuntu"),
    ("/etc/pki/ca-trust/extracted/java/cacerts", "Fedora, RHEL"),
    (
        "keytool -exportcert -rfc -alias NAME -keystore cacerts",
        "prints a certificate of it as PEM, for SSL_CERT_FILE",
    ),
];

const EMBEDDED: &[(&str, &str)] = &[
    (
        "golang.org/x/crypto/x509roots/fallback",
        "Mozilla's list in the program, from Go 1.20 on; it counts where the system has none",
    ),
    (
        "GODEBUG=x509usefallbackroots=1",
        "it counts also where the system has some",
    ),
    (
        "tls.Config.RootCAs",
        "a pool of the program's own, for one connection",
    ),
];
