//! The addresses of D-Bus servers.

use crate::inspect::Word;
use crate::verify::uses::Uses;

/// Functions that take the address of a D-Bus server, of the package that Go programs use.
pub(super) const TAKERS: &[(&str, Word)] = &[
    ("github.com/godbus/dbus/v5.getTransport", Word(0)),
    ("github.com/godbus/dbus.getTransport", Word(0)),
];

/// Functions that ask `DBUS_SYSTEM_BUS_ADDRESS` for the address of the system's bus, and else take
/// the usual one.
pub(super) const SYSTEM: &[&str] = &[
    "github.com/godbus/dbus/v5.getSystemBusPlatformAddress",
    "github.com/godbus/dbus.getSystemBusPlatformAddress",
];

/// The path in a D-Bus address, if it is that of a socket.
///
/// Source: the D-Bus specification, "Server Addresses".
pub(super) fn path(address: &str) -> Option<&str> {
    let path = address.strip_prefix("unix:path=")?;
    Some(path.split_once([',', ';']).map_or(path, |(path, _)| path))
}

/// The usual path of the system's bus, where the program has it.
pub(super) fn usual(uses: Uses<'_>) -> Option<&'static str> {
    const USUAL: &[&str] = &[
        "unix:path=/var/run/dbus/system_bus_socket",
        "unix:path=/opt/local/var/run/dbus/system_bus_socket",
    ];
    let held = USUAL.iter().find(|address| uses.holds(address))?;
    path(held)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_bus_has_a_path_where_it_is_a_socket() {
        let private = "unix:path=/run/systemd/private,guid=1";
        assert_eq!(path(private), Some("/run/systemd/private"));
        assert_eq!(path("unix:abstract=/tmp/dbus"), None);
        assert_eq!(path("tcp:host=localhost"), None);
    }
}
