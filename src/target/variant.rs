//! CPU variants: the values of `GOAMD64`, `GOARM` and the like.
//!
//! Source: Go's `internal/buildcfg/cfg.go`, which reads and checks these variables.

use std::fmt;

use super::Goarch;

/// What a CPU variant may look like on one architecture.
enum Grammar {
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// `GOARM`: a level, then at most one floating point mode.
    Arm,
    /// `GOARM64`: `v8.0`…`v8.9` or `v9.0`…`v9.5`, then `,lse` and `,crypto`.
    Arm64,
    /// `GOWASM`: any of these words, in this order, each at most once.
    Words(&'static [&'static str]),
}

/// The variable that selects the variant, its default, and what may be in it.
struct Axis {
    env: &'static str,
    default: Option<&'static str>,
    grammar: Grammar,
}

const FLOAT: Grammar = Grammar::OneOf(&["hardfloat", "softfloat"]);

fn axis(goarch: Goarch) -> Option<Axis> {
    let (env, default, grammar) = match goarch {
        Goarch::Amd64 => (
            "GOAMD64",
            Some("v1"),
            Grammar::OneOf(&["v1", "v2", "v3", "v4"]),
        ),
        Goarch::I386 => (
            "GO386",
            Some("sse2"),
            Grammar::OneOf(&["sse2", "softfloat"]),
        ),
        Goarch::Arm => ("GOARM", Some("7"), Grammar::Arm),
        Goarch::Arm64 => ("GOARM64", Some("v8.0"), Grammar::Arm64),
        Goarch::Mips | Goarch::Mipsle => ("GOMIPS", Some("hardfloat"), FLOAT),
        Goarch::Mips64 | Goarch::Mips64le => ("GOMIPS64", Some("hardfloat"), FLOAT),
        Goarch::Ppc64 | Goarch::Ppc64le => (
            "GOPPC64",
            Some("power8"),
            Grammar::OneOf(&["power8", "power9", "power10"]),
        ),
        Goarch::Riscv64 => (
            "GORISCV64",
            Some("rva20u64"),
            Grammar::OneOf(&["rva20u64", "rva22u64", "rva23u64"]),
        ),
        Goarch::Wasm => ("GOWASM", None, Grammar::Words(&["satconv", "signext"])),
        Goarch::Loong64 | Goarch::S390x => return None,
    };
    Some(Axis {
        env,
        default,
        grammar,
    })
}

impl Grammar {
    /// Everything that may be written.
    fn values(&self) -> Vec<String> {
        match self {
            Self::OneOf(words) => words.iter().map(|word| (*word).to_owned()).collect(),
            Self::Arm => product(&["5", "6", "7"], &["", ",hardfloat", ",softfloat"]),
            Self::Arm64 => {
                let levels = (0..10).map(|minor| format!("v8.{minor}"));
                let levels: Vec<String> = levels
                    .chain((0..6).map(|minor| format!("v9.{minor}")))
                    .collect();
                product(&levels, &["", ",lse", ",crypto", ",lse,crypto"])
            }
            Self::Words(words) => in_order(words),
        }
    }

    fn describe(&self) -> String {
        match self {
            Self::OneOf(words) | Self::Words(words) => words.join(", "),
            Self::Arm => "5, 6 or 7, also with ,softfloat or ,hardfloat".to_owned(),
            Self::Arm64 => "v8.0 to v8.9 or v9.0 to v9.5, also with ,lse and ,crypto".to_owned(),
        }
    }
}

fn product(levels: &[impl AsRef<str>], options: &[&str]) -> Vec<String> {
    let pairs = levels.iter().flat_map(|level| {
        let join = move |option: &&str| format!("{}{option}", level.as_ref());
        options.iter().map(join)
    });
    pairs.collect()
}

/// Every choice of one or more of the words, in their order, with commas.
fn in_order(words: &[&str]) -> Vec<String> {
    let mut choices: Vec<String> = Vec::new();
    for word in words {
        let longer: Vec<String> = choices.iter().map(|c| format!("{c},{word}")).collect();
        choices.push((*word).to_owned());
        choices.extend(longer);
    }
    choices
}

/// A CPU variant that its architecture has, such as `v3` for amd64.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Variant {
    env: &'static str,
    value: String,
}

impl Variant {
    /// Checks a variant against its architecture.
    ///
    /// # Errors
    /// When the architecture has no variants, or not this one.
    pub fn new(goarch: Goarch, value: &str) -> Result<Self, ParseVariantError> {
        let Some(axis) = axis(goarch) else {
            return Err(ParseVariantError::NoVariants(goarch));
        };
        if axis.grammar.values().iter().any(|known| known == value) {
            Ok(Self {
                env: axis.env,
                value: value.to_owned(),
            })
        } else {
            Err(ParseVariantError::Unknown {
                goarch,
                env: axis.env,
                value: value.to_owned(),
                known: axis.grammar.describe(),
            })
        }
    }

    /// Every variant of an architecture; none where it has none.
    #[must_use]
    pub fn all_of(goarch: Goarch) -> Vec<String> {
        axis(goarch).map_or_else(Vec::new, |axis| axis.grammar.values())
    }

    /// The variant that Go takes on this architecture when none is named.
    #[must_use]
    pub fn default_of(goarch: Goarch) -> Option<Self> {
        let axis = axis(goarch)?;
        Some(Self {
            env: axis.env,
            value: axis.default?.to_owned(),
        })
    }

    /// The variable that selects variants on this architecture, such as `GOAMD64`.
    #[must_use]
    pub fn env_of(goarch: Goarch) -> Option<&'static str> {
        axis(goarch).map(|axis| axis.env)
    }

    /// The variable that selects this variant.
    #[must_use]
    pub fn env(&self) -> &'static str {
        self.env
    }

    /// The value of the variable.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }
}

impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.value)
    }
}

/// Why a text is not a variant of an architecture.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseVariantError {
    /// Go knows no variants here.
    #[error("{0} has no CPU variants")]
    NoVariants(Goarch),
    /// Go doesn't know this one.
    #[error("`{value}` is not a {env} that Go knows for {goarch}: use {known}")]
    Unknown {
        /// The architecture.
        goarch: Goarch,
        /// The variable that selects variants there.
        env: &'static str,
        /// What was written.
        value: String,
        /// What may be written.
        known: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_is_a_variant_of_its_architecture() {
        for goarch in Goarch::ALL {
            if let Some(variant) = Variant::default_of(*goarch) {
                assert_eq!(Variant::new(*goarch, variant.value()).unwrap(), variant);
            }
        }
    }

    #[test]
    fn options_of_arm64_come_in_one_order_only() {
        assert!(Variant::new(Goarch::Arm64, "v8.1,lse,crypto").is_ok());
        assert!(Variant::new(Goarch::Arm64, "v8.1,crypto,lse").is_err());
        assert!(Variant::new(Goarch::Arm64, "v8.1,lse,lse").is_err());
        assert!(Variant::new(Goarch::Arm64, "v9.6").is_err());
    }

    #[test]
    fn words_of_wasm_may_be_one_or_several() {
        assert_eq!(
            Variant::all_of(Goarch::Wasm),
            ["satconv", "signext", "satconv,signext"]
        );
        assert!(Variant::new(Goarch::Wasm, "").is_err());
    }

    #[test]
    fn arm_takes_a_floating_point_mode() {
        assert!(Variant::new(Goarch::Arm, "6,softfloat").is_ok());
        assert!(Variant::new(Goarch::Arm, "8").is_err());
    }

    #[test]
    fn an_architecture_without_variants_says_so() {
        assert_eq!(
            Variant::new(Goarch::S390x, "z13"),
            Err(ParseVariantError::NoVariants(Goarch::S390x))
        );
    }
}
