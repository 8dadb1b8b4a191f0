//! What an audit finds, and what the policy says of it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use super::module::AuditedModule;
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
    /// The programs that it is about; of all of them the same is true.
    pub programs: Vec<String>,
    /// The folder below the root whose go.mod names what it is about.
    pub folder: Option<String>,
    /// The line of that go.mod that requires the module.
    pub line: Option<usize>,
    /// How near an advisory is.
    pub level: Option<Level>,
    /// The advisory.
    pub advisory: Option<String>,
    /// Other names of it.
    pub aliases: Vec<String>,
    /// What is wrong; a phrase.
    pub says: String,
    /// What that means for a release; a sentence.
    pub means: &'static str,
    /// A command or a line that mends it.
    pub fix: Option<String>,
    /// From `main.main` to what is vulnerable.
    pub chain: Vec<String>,
    /// What the policy says.
    pub standing: Standing,
}

/// More programs of a finding than these are counted.
const MOST: usize = 3;

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
            programs: Vec::new(),
            folder: None,
            line: None,
            level: None,
            advisory: None,
            aliases: Vec::new(),
            says: String::new(),
            means: rule.means(),
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
        let programs = crate::human::first(MOST, &self.programs);
        let programs = Some(programs).filter(|programs| !programs.is_empty());
        let parts = programs.into_iter().chain(module);
        parts.collect::<Vec<_>>().join(": ")
    }

    /// Whether it is about this module, as the version that is compiled or the one that go.mod names.
    #[must_use]
    pub fn is_of(&self, module: &AuditedModule) -> bool {
        let is_version =
            |version: &String| *version == module.version || version == module.real_version();
        self.module.as_deref() == Some(&module.path) && self.version.as_ref().is_none_or(is_version)
    }

    /// Puts together what is the same but for the programs. Those of advisories are so already.
    #[must_use]
    pub fn united(findings: Vec<Self>) -> Vec<Self> {
        let mut united: Vec<Self> = Vec::new();
        let mut places = BTreeMap::new();
        for finding in findings {
            let key = (
                (finding.rule, finding.advisory.clone(), finding.level),
                (finding.module.clone(), finding.version.clone()),
                (finding.says.clone(), finding.folder.clone()),
            );
            let place = *places.entry(key).or_insert(united.len());
            match united.get_mut(place) {
                Some(same) => same.programs.extend(finding.programs),
                None => united.push(finding),
            }
        }
        united
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_true_of_several_programs_is_told_once() {
        let of = |program: &str, says: &str| Finding {
            programs: vec![program.to_owned()],
            ..Finding::of(AuditRule::OtherVersion, "x").saying(says)
        };
        let found = vec![of("a", "old"), of("b", "new"), of("c", "old")];
        let united = Finding::united(found);
        let programs: Vec<&[String]> = united.iter().map(|one| &one.programs[..]).collect();
        assert_eq!(
            programs,
            [&["a".to_owned(), "c".to_owned()][..], &["b".to_owned()]]
        );
        assert_eq!(united[0].subject(), "a, c: x");
        let many: Vec<Finding> = "abcde"
            .chars()
            .map(|it| of(&it.to_string(), "old"))
            .collect();
        assert_eq!(Finding::united(many)[0].subject(), "a, b, c and 2 more: x");
    }
}
