//! How all benchmarks are called, and what they end with.

use std::fmt;
use std::process::ExitCode;

/// What each takes besides.
#[derive(Debug, clap::Args)]
pub(crate) struct Mode {
    /// End with exit code 1 when a bound does not hold
    #[arg(long)]
    check: bool,

    /// `cargo bench` passes it to every benchmark, `cargo test --all-targets` doesn't
    #[arg(long, hide = true)]
    bench: bool,
}

impl Mode {
    /// Whether to measure; where not, it says why.
    pub(crate) fn measures(&self) -> bool {
        if !self.bench {
            println!("nothing is measured unless `cargo bench` runs this, which passes --bench");
        }
        self.bench
    }

    /// What to end with, by the bound that was measured.
    pub(crate) fn exit(&self, bound: Bound) -> ExitCode {
        match bound {
            Bound::Fails if self.check => ExitCode::FAILURE,
            Bound::Fails | Bound::Holds => ExitCode::SUCCESS,
        }
    }
}

/// Whether what was measured is within its bound.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Bound {
    Holds,
    Fails,
}

impl From<bool> for Bound {
    fn from(holds: bool) -> Self {
        if holds { Self::Holds } else { Self::Fails }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Holds => "holds",
            Self::Fails => "does NOT hold",
        })
    }
}
