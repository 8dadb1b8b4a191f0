//! Variables of the environment that the program asks for by constant names.

use crate::inspect::Word;
use crate::verify::uses::{Call, Uses};

/// Functions that take the name of a variable.
pub(super) const ASK: &[(&str, Word)] = &[
    ("os.Getenv", Word(0)),
    ("os.LookupEnv", Word(0)),
    ("syscall.Getenv", Word(0)),
];

/// The first call outside Go's own code that asks for this variable.
pub(super) fn asks_for(uses: Uses<'_>, variable: &str) -> Option<Call> {
    uses.calls(ASK).texts.get(variable).copied()
}
