//! External programs, one a file: typed input → command, output → facts.

pub mod bwrap;
pub mod engine;
pub mod git;
pub mod go;
pub mod govulncheck;
pub mod upx;
