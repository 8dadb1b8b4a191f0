//! How names of hosts are looked up.
//!
//! Source: package `net` of Go 1.26, `net.go` ("Name Resolution"), `conf.go` and `dnsconfig_unix.go`;
//! musl's wiki, "Functional differences from glibc".

use super::{Block, Topic, list};

pub(super) const TOPIC: Topic = Topic {
    id: "dns",
    said: &[],
    summary: "which resolver a program uses, and what that one needs",
    blocks,
};

fn blocks() -> Vec<Block> {
    vec![
        Block::Text(
            "Go has a resolver of its own (netgo) and can ask that of the C library (netcgo). Without \
             cgo there is only netgo. With cgo both are linked in, and on Linux and the BSDs each look-up \
             goes to netgo unless the configuration asks for something that only the C library \
             knows. macOS, iOS and Windows are always asked themselves.",
        ),
        list("What each needs on the system", NEEDS),
        list(
            "What sends a look-up to the C library, where it is linked in",
            TO_C,
        ),
        Block::Text(
            "Without /etc/resolv.conf netgo asks the machine itself, at 127.0.0.1 and ::1, port 53, which \
             mostly ends in `connection refused`. Without /etc/hosts it doesn't even know localhost. \
             Container runtimes mount both files. Without /etc/nsswitch.conf it reads /etc/hosts \
             first and asks servers then; before Go 1.16 it was the other way round, so that an \
             image from scratch ignored /etc/hosts.",
        ),
        list("glibc and musl", LIBRARIES),
        list("Choose while building", BUILD),
        list("Choose while running", RUN),
    ]
}

const NEEDS: &[(&str, &str)] = &[
    (
        "netgo",
        "/etc/resolv.conf and /etc/hosts; it reads hosts and dns of /etc/nsswitch.conf, and knows no other source",
    ),
    (
        "netcgo, glibc",
        "also /etc/nsswitch.conf and the modules that it names (libnss_dns.so.2, libnss_files.so.2, …), also when glibc is linked statically: then of the very version that it was linked with",
    ),
    (
        "netcgo, musl",
        "/etc/resolv.conf and /etc/hosts; it reads no nsswitch.conf and loads no modules",
    ),
];

const TO_C: &[(&str, &str)] = &[
    (
        "/etc/nsswitch.conf",
        "names other sources than files and dns in a way that can't be done without, such as mdns or ldap",
    ),
    (
        "/etc/resolv.conf",
        "can't be read, or has an option that netgo doesn't know",
    ),
    ("LOCALDOMAIN, RES_OPTIONS, HOSTALIASES", "are set"),
];

const LIBRARIES: &[(&str, &str)] = &[
    (
        "glibc",
        "asks the servers of resolv.conf one after the other, and A and AAAA at once over one socket; search and ndots as configured; nsswitch.conf decides on the order",
    ),
    (
        "musl",
        "asks all servers at once and takes the first answer, so they have to agree; answers over TCP only from 1.2.4 on",
    ),
    (
        "netgo",
        "asks the servers one after the other, and A and AAAA at once; search, ndots, timeout, attempts, rotate as configured",
    ),
];

const BUILD: &[(&str, &str)] = &[
    ("CGO_ENABLED=0", "netgo, and no C library at all"),
    (
        "-tags netgo,osusergo",
        "netgo for names and Go's own code for users, although C is in the program",
    ),
    ("-tags netcgo", "the C library, always"),
];

const RUN: &[(&str, &str)] = &[
    ("GODEBUG=netdns=go", "netgo"),
    ("GODEBUG=netdns=cgo", "the C library, if it is linked in"),
    (
        "GODEBUG=netdns=2",
        "prints which one is asked, and why; go+2 and cgo+2 do both",
    ),
];
