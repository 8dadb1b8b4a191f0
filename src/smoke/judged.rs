//! A test, what was seen of it, and what that says.

use super::{Judgement, Test, Tested, Verdict};

/// What came of a test of one program.
#[derive(Clone, Debug)]
pub struct Judged {
    /// What ran it, as people read it: `natively`, `with qemu-aarch64-static`.
    pub how: String,
    /// What was asked.
    pub test: Test,
    /// What was seen.
    pub tested: Tested,
    /// What that says.
    pub judgement: Judgement,
}

impl Judged {
    /// Pass or fail.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.judgement.verdict()
    }
}
