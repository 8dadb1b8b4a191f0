//! A running process together with all that it started.

use std::io;
use std::process::ExitStatus;
use std::sync::atomic::{AtomicBool, Ordering};

/// A process group; its leader is the process that was asked for.
#[derive(Debug)]
pub(super) struct Group {
    leader: duct::Handle,
    interrupted: AtomicBool,
    ended: AtomicBool,
}

impl Group {
    /// Starts the command as the leader of a group of its own.
    pub(super) fn spawn(command: &duct::Expression) -> io::Result<Self> {
        let command = command.unchecked();
        #[cfg(unix)]
        let command = command.before_spawn(|command| {
            use std::os::unix::process::CommandExt as _;
            command.process_group(0);
            Ok(())
        });
        Ok(Self {
            leader: command.start()?,
            interrupted: AtomicBool::new(false),
            ended: AtomicBool::new(false),
        })
    }

    /// Kills every member, because the whole run is being stopped.
    pub(super) fn interrupt(&self) {
        self.interrupted.store(true, Ordering::SeqCst);
        self.kill();
    }

    /// Whether the whole run was stopped while this was running.
    pub(super) fn was_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::SeqCst)
    }

    /// Whether the leader is known to have ended.
    pub(super) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::SeqCst)
    }

    /// Kills every member.
    ///
    /// There is nobody to tell of an error: it says that no member is left.
    #[cfg(unix)]
    pub(super) fn kill(&self) {
        use rustix::process::{Signal, kill_process_group};
        for leader in self.leaders() {
            let _ = kill_process_group(leader, Signal::KILL);
        }
    }

    /// Kills the leader: other systems have no groups.
    #[cfg(not(unix))]
    pub(super) fn kill(&self) {
        let _ = self.leader.kill();
    }

    /// Returns when the leader has ended, but leaves it unreaped, so that its number stays taken
    /// and the group can still be killed.
    #[cfg(unix)]
    pub(super) fn wait_for_end(&self) -> io::Result<()> {
        use rustix::process::{WaitId, WaitIdOptions, waitid};
        for leader in self.leaders() {
            let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
            rustix::io::retry_on_intr(|| waitid(WaitId::Pid(leader), options))?;
        }
        self.ended.store(true, Ordering::SeqCst);
        Ok(())
    }

    #[cfg(not(unix))]
    pub(super) fn wait_for_end(&self) -> io::Result<()> {
        self.leader.wait()?;
        self.ended.store(true, Ordering::SeqCst);
        Ok(())
    }

    /// Waits for the leader and lets go of its number.
    pub(super) fn reap(&self) -> io::Result<ExitStatus> {
        Ok(self.leader.wait()?.status)
    }

    /// The numbers of the processes that were asked for.
    pub(super) fn pids(&self) -> Vec<u32> {
        self.leader.pids()
    }

    #[cfg(unix)]
    fn leaders(&self) -> impl Iterator<Item = rustix::process::Pid> {
        self.leader
            .pids()
            .into_iter()
            .filter_map(|pid| rustix::process::Pid::from_raw(pid.cast_signed()))
    }
}
