//! What an audit finds, and what the policy says of it.

use jiff::civil::Date;
use serde::Serialize;

use super::policy::Level;
use super::rule::AuditRule;

/// Something that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule.
    pub rule: AuditRule,
    /// The module that it is about.
    pub module: Option<String>,
    /// The version of the module.
    pub version: Option<String>,
    /// The program that it is about.
    pub program: Option<String>,
    /// The folder below the root whose go.mod names what it is about.
    pub folder: Option<String>,
    /// How near an advisory is.
    pub level: Option<Level>,
    /// The advisory.
    pub advisory: Option<String>,
    /// Other names of it.
    pub aliases: Vec<String>,
    /// What is wrong; a phrase.
    pub says: String,
    /// A command or a line that mends it.
    pub fix: Option<String>,
    /// From `main.main` to what is vulnerable.
    pub chain: Vec<String>,
    /// What the policy says.
    pub standing: Standing,
}

/// What the policy says of a finding.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(tag = "standing", rename_all = "kebab-case")]
pub enum Standing {
    /// The audit fails for it.
    Denied {
        /// The last day on which it was allowed.
        #[serde(serialize_with = "date")]
        expired: Option<Date>,
    },
    /// It would, or might, and somebody allowed it.
    Allowed {
        /// Why.
        reason: String,
        /// The last day.
        #[serde(serialize_with = "day")]
        until: Date,
    },
    /// It is told.
    #[default]
    Told,
}

impl Finding {
    /// One that is about a module, of which nothing else is known yet.
    #[must_use]
    pub fn of(rule: AuditRule, module: &str) -> Self {
        Self {
            module: Some(module.to_owned()),
            ..Self::of_all(rule)
        }
    }

    /// One that is about the project as a whole.
    #[must_use]
    pub fn of_all(rule: AuditRule) -> Self {
        Self {
            rule,
            module: None,
            version: None,
            program: None,
            folder: None,
            level: None,
            advisory: None,
            aliases: Vec::new(),
            says: String::new(),
            fix: None,
            chain: Vec::new(),
            standing: Standing::Told,
        }
    }

    /// At this version.
    #[must_use]
    pub fn at(mut self, version: &str) -> Self {
        self.version = Some(version.to_owned()).filter(|version| !version.is_empty());
        self
    }

    /// With what is wrong.
    #[must_use]
    pub fn saying(mut self, says: impl Into<String>) -> Self {
        self.says = says.into();
        self
    }

    /// With what mends it.
    #[must_use]
    pub fn mended_by(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    /// By this advisory.
    #[must_use]
    pub fn about(mut self, advisory: &str) -> Self {
        self.advisory = Some(advisory.to_owned());
        self
    }

    /// What it is about, for people.
    #[must_use]
    pub fn subject(&self) -> String {
        let module = self.module.as_deref();
        let module = module.map(|path| match &self.version {
            Some(version) => format!("{path}@{version}"),
            None => path.to_owned(),
        });
        let parts = self.program.iter().cloned().chain(module);
        parts.collect::<Vec<_>>().join(": ")
    }

    /// Whether the audit fails for it.
    #[must_use]
    pub fn is_denied(&self) -> bool {
        matches!(self.standing, Standing::Denied { .. })
    }
}

#[expect(
    clippy::ref_option,
    clippy::trivially_copy_pass_by_ref,
    reason = "serde's signature"
)]
fn date<S: serde::Serializer>(date: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
    match date {
        Some(date) => serializer.collect_str(date),
        None => serializer.serialize_none(),
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn day<S: serde::Serializer>(date: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(date)
}
