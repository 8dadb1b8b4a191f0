//! What the dependencies of a program are like: locked, alive and safe, or not. Pure, but for what says otherwise.

mod advice;
pub mod advisory;
pub mod audited;
mod built;
pub mod check;
pub mod database;
pub mod drift;
pub mod finding;
pub mod licence;
pub mod locked;
mod mains;
pub mod module;
pub mod policy;
pub mod program;
pub mod rating;
pub mod rule;
pub mod survey;
mod unpacker;
mod vendored;
pub mod version;

pub use advice::Advisors;
pub use audited::{Audit, AuditFacts, Verdict};
pub use check::{Answer, Check, Outcome, Question};
pub use drift::Lock;
pub use finding::{Finding, Standing};
pub use licence::Licence;
pub use locked::LockFacts;
pub use module::{AuditedModule, ModuleFacts, Newest, Part, Releases, versions_to_ask};
pub use policy::{Age, Allow, AuditPolicy, Deny, Level, ParseAgeError, ParseDenyError};
pub use program::{AuditedProgram, Build, FileOfProgram, Known, LinkedModule};
pub use rating::{Grade, Rating};
pub use rule::{AuditRule, ParseRuleError};
pub use survey::{Programs, Survey};
pub use unpacker::Unpacker;
pub use version::{ModuleVersion, ParseVersionError, Pseudo, VersionKind};
