//! External programs, one a file: typed input → command, output → facts.

pub mod git;
pub mod go;
