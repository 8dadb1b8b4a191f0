//! `gobuildx schema`: its examples; it takes no arguments.

pub(super) const EXAMPLES: &str = "Examples:
  gobuildx schema > targets.schema.json   and `#:schema ./targets.schema.json` first in targets.toml";
