//! The predicate: how a release was made.
//!
//! Source: <https://slsa.dev/spec/v1.0/provenance>.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::Resource;
use crate::digest::Sha256Hex;
use crate::epoch::rfc3339;

/// The predicate's type.
pub const PREDICATE_TYPE: &str = "https://slsa.dev/provenance/v1";

/// What the parameters of this kind of build mean: docs/provenance.md says it. A name without an address.
pub const BUILD_TYPE: &str = "urn:gobuildx:build:1";

/// Who builds where nobody else is named: somebody's machine.
pub const LOCAL_BUILDER: &str = "urn:gobuildx:builder:local";

/// How a release was made.
#[derive(Clone, Debug)]
pub struct Build {
    /// The version that is released.
    pub version: String,
    /// The digest of the manifest; none where there is no manifest.
    pub manifest: Option<Sha256Hex>,
    /// The digest of the plan.
    pub plan: Sha256Hex,
    /// What was built for.
    pub targets: BTreeSet<String>,
    /// The variables that builds may inherit, by name: values may be secret.
    pub variables: BTreeSet<String>,
    /// What went in: the commit, toolchains, modules.
    pub resources: BTreeSet<Resource>,
    /// Who built, as an URI; [`LOCAL_BUILDER`] where nobody vouches for the machine.
    pub builder: String,
    /// The commit's time, in seconds since 1970: when it was built decides nothing, and would differ each time.
    pub epoch: u64,
}

impl Build {
    /// The predicate.
    ///
    /// # Errors
    /// None that depend on the build: it is always JSON.
    pub fn predicate(&self) -> Result<serde_json::Value, serde_json::Error> {
        let sha256 = |digest: &Sha256Hex| Digest {
            digest: BTreeMap::from([("sha256", digest.clone())]),
        };
        let time = rfc3339(self.epoch);
        serde_json::to_value(Predicate {
            build_definition: BuildDefinition {
                build_type: BUILD_TYPE,
                external_parameters: External {
                    version: &self.version,
                    manifest: self.manifest.as_ref().map(sha256),
                    targets: &self.targets,
                    plan: sha256(&self.plan),
                },
                internal_parameters: Internal {
                    variables: &self.variables,
                },
                resolved_dependencies: &self.resources,
            },
            run_details: RunDetails {
                builder: Builder {
                    id: &self.builder,
                    version: BTreeMap::from([("gobuildx", env!("CARGO_PKG_VERSION"))]),
                },
                metadata: Metadata {
                    started_on: &time,
                    finished_on: &time,
                },
            },
        })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Predicate<'a> {
    build_definition: BuildDefinition<'a>,
    run_details: RunDetails<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BuildDefinition<'a> {
    build_type: &'static str,
    external_parameters: External<'a>,
    internal_parameters: Internal<'a>,
    resolved_dependencies: &'a BTreeSet<Resource>,
}

/// What whoever asks for a build chooses.
#[derive(Serialize)]
struct External<'a> {
    version: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    manifest: Option<Digest>,
    targets: &'a BTreeSet<String>,
    plan: Digest,
}

/// What the machine brings.
#[derive(Serialize)]
struct Internal<'a> {
    variables: &'a BTreeSet<String>,
}

#[derive(Serialize)]
struct Digest {
    digest: BTreeMap<&'static str, Sha256Hex>,
}

#[derive(Serialize)]
struct RunDetails<'a> {
    builder: Builder<'a>,
    metadata: Metadata<'a>,
}

#[derive(Serialize)]
struct Builder<'a> {
    id: &'a str,
    version: BTreeMap<&'static str, &'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Metadata<'a> {
    started_on: &'a str,
    finished_on: &'a str,
}
