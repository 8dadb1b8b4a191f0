//! What the dependencies of a program are like: locked, alive and safe, or not. Pure, but for what says otherwise.

pub mod finding;
pub mod licence;
pub mod policy;
pub mod rule;
pub mod version;

pub use finding::{Finding, Standing};
pub use licence::Licence;
pub use policy::{Age, Allow, AuditPolicy, Deny, Level, ParseAgeError, ParseDenyError};
pub use rule::{AuditRule, ParseRuleError};
pub use version::{ModuleVersion, ParseVersionError, Pseudo, VersionKind};
