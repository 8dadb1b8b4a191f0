//! What decides what a step makes, each by its name.

use std::collections::BTreeMap;
use std::fmt;

use borsh::{BorshDeserialize, BorshSerialize};
use sha2::{Digest as _, Sha256};

use super::Digest;

/// One thing that decides what a step makes.
#[derive(BorshDeserialize, BorshSerialize, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Input {
    /// The release of Go.
    Go,
    /// A flag of a command.
    Flag(String),
    /// A variable of its environment.
    Variable(String),
    /// A setting, by its name in the plan.
    Setting(String),
    /// A program that is run.
    Tool(String),
    /// A version of a module.
    Module(String),
    /// A file: below the manifest's folder relative to that.
    File(String),
    /// The file that the step before made.
    Made,
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Go => f.write_str("Go"),
            Self::Flag(name) | Self::Variable(name) | Self::File(name) | Self::Module(name) => {
                f.write_str(name)
            }
            Self::Setting(name) => write!(f, "the {name}"),
            Self::Tool(name) => write!(f, "the program {name}"),
            Self::Made => f.write_str("the file that it gets"),
        }
    }
}

/// What something was.
#[derive(BorshDeserialize, BorshSerialize, Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Its text, where that is short.
    Text(String),
    /// What tells it from others.
    Digest(Digest),
}

/// Longer texts say nothing to people.
const LONGEST: usize = 200;

impl Value {
    /// What tells some bytes from others.
    pub(super) fn of_bytes(bytes: &[u8]) -> Self {
        Self::Digest(Sha256::digest(bytes).into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        if text.len() <= LONGEST {
            Self::Text(text)
        } else {
            Self::of_bytes(text.as_bytes())
        }
    }
}

/// All that decides what a step makes.
pub type Inputs = BTreeMap<Input, Value>;

/// What became of one input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The input.
    pub input: Input,
    /// What it was; none where it is new.
    pub before: Option<Value>,
    /// What it is; none where it is gone.
    pub now: Option<Value>,
}

/// What tells inputs from those that there were before.
pub(super) fn changes<'a>(
    before: &'a Inputs,
    now: &'a Inputs,
) -> impl Iterator<Item = Change> + 'a {
    let all: std::collections::BTreeSet<&Input> = before.keys().chain(now.keys()).collect();
    all.into_iter().filter_map(|input| {
        let (before, now) = (before.get(input), now.get(input));
        (before != now).then(|| Change {
            input: input.clone(),
            before: before.cloned(),
            now: now.cloned(),
        })
    })
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let input = &self.input;
        match (&self.before, &self.now) {
            (None, Some(Value::Text(now))) if !matches!(input, Input::File(_)) => {
                write!(f, "{input} is new: {now}")
            }
            (None, _) => write!(f, "{input} is new"),
            (Some(_), None) => write!(f, "{input} is gone"),
            (Some(Value::Text(before)), Some(Value::Text(now))) => {
                write!(f, "{input} changed: {before} → {now}")
            }
            (Some(_), Some(_)) => write!(f, "{input} changed"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inputs(all: &[(&str, &str)]) -> Inputs {
        let flag = |(name, value): &(&str, &str)| {
            (
                Input::Flag((*name).to_owned()),
                Value::from((*value).to_owned()),
            )
        };
        all.iter().map(flag).collect()
    }

    #[test]
    fn what_changed_is_told_by_name_with_both_values() {
        let before = inputs(&[("-ldflags", "-s"), ("-race", ""), ("-tags", "a")]);
        let now = inputs(&[("-ldflags", "-s -w"), ("-tags", "a"), ("-trimpath", "")]);
        let told: Vec<String> = changes(&before, &now).map(|one| one.to_string()).collect();
        assert_eq!(
            told,
            [
                "-ldflags changed: -s → -s -w",
                "-race is gone",
                "-trimpath is new: "
            ]
        );
        assert_eq!(changes(&now, &now).count(), 0);
    }

    #[test]
    fn a_long_value_is_told_apart_and_not_shown() {
        let long = |end: &str| "x".repeat(LONGEST) + end;
        let before = inputs(&[("-ldflags", &long("1"))]);
        let now = inputs(&[("-ldflags", &long("2"))]);
        let told: Vec<String> = changes(&before, &now).map(|one| one.to_string()).collect();
        assert_eq!(told, ["-ldflags changed"]);
    }
}
