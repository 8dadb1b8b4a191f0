//! Whether the kernel lets an ordinary user make namespaces, which a sandbox is made of.

use std::fs;

/// A setting of the kernel that forbids them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name, as sysctl has it.
    pub name: &'static str,
    /// The namespaces that it is about.
    pub of: &'static str,
    /// The value that forbids them.
    pub forbids: &'static str,
    /// One that doesn't.
    pub allows: &'static str,
}

/// Source: `namespaces(7)`; Debian's and Ubuntu's patches of the kernel.
const SETTINGS: [Setting; 9] = [
    most("user.max_user_namespaces", USER),
    Setting {
        name: "kernel.unprivileged_userns_clone",
        of: USER,
        forbids: "0",
        allows: "1",
    },
    Setting {
        name: "kernel.apparmor_restrict_unprivileged_userns",
        of: USER,
        forbids: "1",
        allows: "0",
    },
    most("user.max_mnt_namespaces", "mount namespaces"),
    most("user.max_pid_namespaces", "PID namespaces"),
    most("user.max_net_namespaces", "network namespaces"),
    most("user.max_ipc_namespaces", "IPC namespaces"),
    most("user.max_uts_namespaces", "UTS namespaces"),
    most("user.max_cgroup_namespaces", "cgroup namespaces"),
];

/// Those of users.
const USER: &str = "user namespaces";

/// How many there may be of a kind.
const fn most(name: &'static str, of: &'static str) -> Setting {
    Setting {
        name,
        of,
        forbids: "0",
        allows: "15000",
    }
}

/// What forbids them here, if a setting does.
pub(super) fn forbidden() -> Option<Setting> {
    let value = |name: &str| {
        let path = format!("/proc/sys/{}", name.replace('.', "/"));
        fs::read_to_string(path).ok()
    };
    let mut settings = SETTINGS.into_iter();
    settings.find(|one| value(one.name).is_some_and(|value| value.trim() == one.forbids))
}

/// Whether a sandbox says that it may make none, whatever forbids it.
///
/// Source: bubblewrap's `bubblewrap.c`, where it makes namespaces and maps users.
pub(super) fn are_refused(why: &str) -> bool {
    const SIGNS: [&str; 4] = [
        "new namespace",
        "max_*_namespaces exceeded",
        "setting up uid map",
        "RTM_NEWADDR",
    ];
    SIGNS.iter().any(|sign| why.contains(sign)) && !is_one_too_many(why)
}

/// Of which namespaces a sandbox says that it may make none, where no setting tells.
pub(super) fn refused(why: &str) -> &'static str {
    // A limit may be that of a user namespace around, and the kernel tells no kind.
    if why.contains("max_*_namespaces exceeded") {
        "namespaces"
    } else {
        USER
    }
}

/// Whether a sandbox says that it can't be started since its user has as many processes as it may have.
///
/// Source: `clone(2)`, EAGAIN.
pub(super) fn is_one_too_many(why: &str) -> bool {
    why.ends_with("Resource temporarily unavailable")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_of_processes_forbids_no_namespaces() {
        let too_many = "Creating new namespace failed: Resource temporarily unavailable";
        assert!(is_one_too_many(too_many) && !are_refused(too_many));
        let used_up = "Creating new namespace failed: nesting depth or /proc/sys/user/max_*_namespaces exceeded (ENOSPC)";
        assert!(are_refused(used_up) && !is_one_too_many(used_up));
        assert_eq!(refused(used_up), "namespaces");
        let forbidden = "No permissions to create new namespace";
        assert!(are_refused(forbidden));
        assert_eq!(refused(forbidden), "user namespaces");
    }
}
