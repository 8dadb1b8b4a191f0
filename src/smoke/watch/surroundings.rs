//! What a container is, seen from within it, before the program is started.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use rustix::process::{Resource, getpid, getrlimit};

use super::super::container::OWN_PROGRAM;
use super::super::names::shown_names;
use super::super::task::{Around, Task};
use super::inside::children;

/// What every container of ours has, whatever is granted.
///
/// Source: the runtime specification for Linux (`/proc`, `/sys`, `/dev`); what docker and podman put beside it.
const EVERYWHERE: &[&str] = &[
    OWN_PROGRAM,
    "dev",
    "proc",
    "sys",
    "etc",
    ".dockerenv",
    "run",
];
const IN_ETC: &[&str] = &["hosts", "hostname", "resolv.conf", "mtab"];

/// A file that nobody is to be able to make.
const NEW_FILE: &str = "/.gobuildx";

/// What is around the program.
#[derive(Debug, Default)]
pub(super) struct Surroundings {
    /// What it has of the machine, or lacks of what keeps it from that.
    pub(super) exposed: Option<String>,
    /// What it has although nobody granted it.
    pub(super) ungranted: Vec<String>,
}

impl Surroundings {
    /// Looks around.
    pub(super) fn look(task: &Task) -> io::Result<Self> {
        let Around::Container {
            etc,
            memory,
            threads,
            ..
        } = &task.around
        else {
            return Ok(Self::default());
        };
        let mut ungranted = Vec::new();
        let mut foreign = Vec::new();
        for (folder, granted, everywhere) in
            [("/", &task.names, EVERYWHERE), ("/etc/", etc, IN_ETC)]
        {
            if !Path::new(folder).exists() {
                continue;
            }
            for name in shown_names(folder)?.difference(granted) {
                let path = format!("{folder}{name}");
                let is_known = everywhere.contains(&name.as_str());
                match (is_known, path.as_str()) {
                    // Its files are told of.
                    (true, "/etc") => {}
                    (true, _) => ungranted.push(path),
                    (false, _) => foreign.push(path),
                }
            }
        }
        let status = fs::read_to_string("/proc/self/status")?;
        Ok(Self {
            exposed: seen(&foreign, &task.canary)
                .or_else(|| rights(&status))
                .or_else(processes)
                .or_else(network)
                .or_else(|| limits(*memory, *threads)),
            ungranted,
        })
    }
}

fn seen(foreign: &[String], canary: &str) -> Option<String> {
    if !foreign.is_empty() {
        return Some(format!("it sees {}", foreign.join(", ")));
    }
    if Path::new(canary).exists() {
        return Some("it sees a file of the machine".to_owned());
    }
    if File::create_new(NEW_FILE).is_ok() {
        // Nobody else sees that root.
        let _ = fs::remove_file(NEW_FILE);
        return Some("its root can be written to".to_owned());
    }
    None
}

/// What the system says of who it is.
fn rights(status: &str) -> Option<String> {
    let value = |name: &str| {
        let mut lines = status.lines();
        lines
            .find_map(|line| line.strip_prefix(name))
            .map(str::trim)
    };
    let user = value("Uid:").and_then(|ids| ids.split_whitespace().next());
    let has_rights = value("CapEff:").is_none_or(|rights| rights.contains(|c| c != '0'));
    let may_get_them = value("NoNewPrivs:") != Some("1");
    let why = match user {
        None | Some("0") => "it is root",
        Some(_) if has_rights => "it has rights of root",
        Some(_) if may_get_them => "it may get other rights",
        Some(_) => return None,
    };
    Some(why.to_owned())
}

/// At first nobody is there but who watches and the first process.
fn processes() -> Option<String> {
    let own = getpid().as_raw_nonzero().get();
    if !children(own).is_empty() {
        // Those were started since.
        return None;
    }
    let Ok(all) = shown_names("/proc") else {
        return Some("it can't be seen whether it sees processes of the machine".to_owned());
    };
    let mut pids = all.iter().filter_map(|name| name.parse::<i32>().ok());
    let is_foreign = pids.any(|pid| pid != own && pid != 1);
    is_foreign.then(|| "it sees processes of the machine".to_owned())
}

/// A network is there where something but the loopback is up.
fn network() -> Option<String> {
    let Ok(devices) = fs::read_to_string("/proc/net/dev") else {
        return Some("it can't be seen whether it has a network".to_owned());
    };
    let names = devices.lines().filter_map(|line| line.split_once(':'));
    let mut names = names.map(|(name, _)| name.trim());
    let up = names.find(|name| *name != "lo" && is_up(name));
    up.map(|name| format!("it has a network: {name}"))
}

/// As long as it doesn't say that it isn't.
fn is_up(device: &str) -> bool {
    let flags = fs::read_to_string(format!("/sys/class/net/{device}/flags"));
    let flags = flags.unwrap_or_default();
    let flags = u32::from_str_radix(flags.trim().trim_start_matches("0x"), 16);
    flags.map_or(true, |flags| flags & 1 == 1)
}

fn limits(memory: u64, threads: u64) -> Option<String> {
    // Of either version of the kernel's groups.
    let files = ["/sys/fs/cgroup/pids.max", "/sys/fs/cgroup/pids/pids.max"];
    let mut texts = files
        .iter()
        .filter_map(|file| fs::read_to_string(file).ok());
    let most = texts.find_map(|text| text.trim().parse::<u64>().ok());
    if most.is_none_or(|most| most > threads) {
        return Some("the number of its processes has no limit".to_owned());
    }
    let limit = getrlimit(Resource::Data).current;
    let has_none = limit.is_none_or(|limit| limit > memory);
    has_none.then(|| "its memory has no limit".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_user_without_rights_is_known_by_what_the_kernel_tells() {
        let status = |uid: &str, rights: &str, locked: &str| {
            format!("Name:\tx\nUid:\t{uid}\t{uid}\nCapEff:\t{rights}\nNoNewPrivs:\t{locked}\n")
        };
        let none = "0000000000000000";
        assert_eq!(rights(&status("65534", none, "1")), None);
        for (text, why) in [
            (status("0", none, "1"), "it is root"),
            (
                status("65534", "00000000a80425fb", "1"),
                "it has rights of root",
            ),
            (status("65534", none, "0"), "it may get other rights"),
            (String::new(), "it is root"),
        ] {
            assert_eq!(rights(&text).as_deref(), Some(why));
        }
    }

    #[test]
    fn this_machine_is_no_container_of_ours() {
        assert!(seen(&[], "/proc").is_some());
        assert!(limits(1 << 20, 1).is_some());
    }
}
