//! Go's own toolchains, for machines that have no Go: got from the user's module proxy, proven by Go's checksum
//! database, and kept in a cache that builds look into.

mod cache;
mod error;
mod install;
mod request;
mod settings;
mod sum_source;
mod toolchain;
mod wanted;
mod zip_sum;

pub use cache::{Cache, Installed, State, go_program};
pub use error::{InstallError, WrongSum};
pub use install::{Installation, Outcome, Telling};
pub use request::{ParseRequestError, Request};
pub use settings::{EnvFile, Settings, SumDb, parse_env_file};
pub use toolchain::Toolchain;
pub use wanted::Wanted;
pub use zip_sum::{ZipFault, zip_sum};
