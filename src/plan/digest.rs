//! The digest of a plan: equal where the same is built, whatever the machine.

use std::fmt;

use serde_json::Value;

use super::Plan;
use crate::digest::Sha256Hex;

/// SHA-256 over the plan's JSON without tunings, keys sorted, no spaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanDigest(Sha256Hex);

impl PlanDigest {
    /// The digest alone, without its method.
    #[must_use]
    pub fn sha256(&self) -> &Sha256Hex {
        &self.0
    }
}

impl fmt::Display for PlanDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", self.0)
    }
}

impl Plan {
    /// The digest of the plan's identity.
    #[must_use]
    pub fn digest(&self) -> PlanDigest {
        let mut value = serde_json::to_value(self).unwrap_or_default();
        remove_tunings(&mut value);
        PlanDigest(Sha256Hex::of(value.to_string().as_bytes()))
    }
}

fn remove_tunings(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.remove("tuning");
            object.values_mut().for_each(remove_tunings);
        }
        Value::Array(values) => values.iter_mut().for_each(remove_tunings),
        _ => {}
    }
}
