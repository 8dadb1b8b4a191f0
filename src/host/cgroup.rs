//! The kernel's control groups: which one this process is in, for what the kernel counts.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// The two kinds of groups. A machine may have both, each for something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// Each controller may have a hierarchy of its own.
    V1,
    /// One hierarchy for all that controllers are enabled in.
    V2,
}

impl Version {
    /// The file of a group that tells how many of its processes the kernel ended for their memory.
    #[must_use]
    pub fn kills_file(self) -> &'static str {
        match self {
            Self::V1 => "memory.oom_control",
            Self::V2 => "memory.events",
        }
    }
}

/// How many processes the kernel ended for their memory, by the text of the file that tells it.
#[must_use]
pub fn kills(text: &str) -> Option<u64> {
    let mut lines = text.lines();
    let count = lines.find_map(|line| line.strip_prefix("oom_kill "))?;
    count.trim().parse().ok()
}

/// What the kernel counts for a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Controller {
    /// Bytes of memory.
    Memory,
    /// Processes, with their threads.
    Pids,
}

impl Controller {
    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Pids => "pids",
        }
    }

    /// The file of a group that has its limit.
    #[must_use]
    pub fn limit_file(self, version: Version) -> &'static str {
        match (self, version) {
            (Self::Memory, Version::V1) => "memory.limit_in_bytes",
            (Self::Memory, Version::V2) => "memory.max",
            (Self::Pids, _) => "pids.max",
        }
    }
}

/// Writes to a file of a group. It is the kernel's: where it isn't there, none is made.
///
/// # Errors
/// What the system says, also that there is no such file.
pub fn tell(file: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(file)?;
    file.write_all(text.as_bytes())
}

/// The group that this process is in for a controller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// Its kind.
    pub version: Version,
    /// Where the outermost group is that can be seen.
    mount: PathBuf,
    /// The folder of the group.
    folder: PathBuf,
}

impl Membership {
    /// That of this process, where the system tells.
    #[must_use]
    pub fn of_process(controller: Controller) -> Option<Self> {
        let read = |name: &str| fs::read_to_string(Path::new("/proc/self").join(name)).ok();
        Self::find(controller, &read("cgroup")?, &read("mountinfo")?)
    }

    /// Source: `cgroups(7)` for the groups, `proc(5)` for the mounts.
    fn find(controller: Controller, groups: &str, mounts: &str) -> Option<Self> {
        let of = |wanted: &dyn Fn(&str, &str) -> bool| {
            groups.lines().find_map(|line| {
                let mut fields = line.splitn(3, ':');
                let (number, controllers, path) = (fields.next()?, fields.next()?, fields.next()?);
                wanted(number, controllers).then_some(path)
            })
        };
        let name = controller.as_str();
        let has_name = |list: &str| list.split(',').any(|one| one == name);
        let (version, path) = match of(&|_, controllers| has_name(controllers)) {
            Some(path) => (Version::V1, path),
            None => (
                Version::V2,
                of(&|number, controllers| number == "0" && controllers.is_empty())?,
            ),
        };
        mounts.lines().find_map(|line| {
            let (mount, system) = line.split_once(" - ")?;
            let mut mount = mount.split(' ').skip(3);
            let (root, point) = (mount.next()?, mount.next()?);
            let mut system = system.split(' ');
            let (kind, options) = (system.next()?, system.nth(1)?);
            let is_it = match version {
                Version::V1 => kind == "cgroup" && has_name(options),
                Version::V2 => kind == "cgroup2",
            };
            // A container may see a part of the groups, with its own at the top.
            let below = is_it.then(|| Path::new(path).strip_prefix(root).ok())??;
            Some(Self {
                version,
                mount: point.into(),
                // The top has nothing below it, which must not leave a slash at the end.
                folder: Path::new(point).join(below).components().collect(),
            })
        })
    }

    /// The folders of the group and of those that it lies in, the outermost one last.
    pub fn folders(&self) -> impl Iterator<Item = &Path> {
        let all = self.folder.ancestors();
        all.take_while(|folder| folder.starts_with(&self.mount))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: &str = "5:pids:/\n4:memory,hugetlb:/jobs/1\n0::/unified\n";
    const MOUNTS_OF_BOTH: &str = "\
30 20 0:5 / /sys/fs/cgroup rw - tmpfs tmpfs rw
31 30 0:6 / /sys/fs/cgroup/memory rw,relatime shared:7 - cgroup cgroup rw,hugetlb,memory
32 30 0:7 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids
33 30 0:8 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
";

    fn folders(
        controller: Controller,
        groups: &str,
        mounts: &str,
    ) -> Option<(Version, Vec<String>)> {
        let found = Membership::find(controller, groups, mounts)?;
        let folders = found.folders().map(|folder| folder.display().to_string());
        Some((found.version, folders.collect()))
    }

    #[test]
    fn what_the_kernel_ended_is_counted_in_either_version() {
        let v1 = "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n";
        assert_eq!(kills(v1), Some(3));
        let v2 = "low 0\nmax 9\noom 2\noom_kill 2\noom_group_kill 0\n";
        assert_eq!(kills(v2), Some(2));
        assert_eq!(kills(""), None);
    }

    #[test]
    fn the_older_groups_are_one_hierarchy_for_each_controller() {
        let (version, memory) = folders(Controller::Memory, BOTH, MOUNTS_OF_BOTH).unwrap();
        assert_eq!(version, Version::V1);
        let memory_root = "/sys/fs/cgroup/memory";
        assert_eq!(memory[0], format!("{memory_root}/jobs/1"));
        assert_eq!(
            memory[1..],
            [format!("{memory_root}/jobs"), memory_root.to_owned()]
        );
        let pids = folders(Controller::Pids, BOTH, MOUNTS_OF_BOTH).unwrap();
        assert_eq!(pids.1, ["/sys/fs/cgroup/pids"]);
    }

    #[test]
    fn the_newer_groups_are_one_hierarchy_for_all() {
        let mounts = "40 30 0:8 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n";
        for controller in [Controller::Memory, Controller::Pids] {
            let groups = "0::/user.slice/job.scope\n";
            let (version, folders) = folders(controller, groups, mounts).unwrap();
            assert_eq!(version, Version::V2);
            assert_eq!(folders[0], "/sys/fs/cgroup/user.slice/job.scope");
            assert_eq!(folders.len(), 3);
        }
    }

    #[test]
    fn a_container_sees_groups_from_its_own_on() {
        let mounts = "40 30 0:8 /docker/1 /sys/fs/cgroup ro - cgroup2 cgroup2 ro\n";
        let found = folders(Controller::Memory, "0::/docker/1/job\n", mounts).unwrap();
        assert_eq!(found.1, ["/sys/fs/cgroup/job", "/sys/fs/cgroup"]);
        assert_eq!(folders(Controller::Memory, "0::/\n", mounts), None);
    }

    #[test]
    fn where_there_are_none_nothing_is_claimed() {
        assert_eq!(folders(Controller::Memory, "", ""), None);
        assert_eq!(
            folders(Controller::Memory, "0::/\n", "no mounts\n - \n"),
            None
        );
    }
}
