//! Tests and observations for unit tests.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{Call, Limits, Observation, Test};
use crate::process::Output;
use crate::tools::bwrap::Ending;

/// A program that exited with a code, and said this on its stderr.
pub(super) fn observation(code: i32, stderr: &str) -> Observation {
    Observation {
        ending: Ending::Exited(code),
        output: Output {
            stdout: Vec::new(),
            stderr: stderr.into(),
        },
        ..Observation::lost(Duration::ZERO)
    }
}

/// A test that asks nothing else than one call.
pub(super) fn test(first: Call) -> Test {
    Test {
        grants: BTreeSet::new(),
        limits: Limits::default(),
        first,
        service: None,
        checks: Vec::new(),
    }
}
