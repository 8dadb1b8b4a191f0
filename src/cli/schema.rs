//! `gobuildx schema`: its examples; it takes no arguments.

pub(super) const EXAMPLES: &str = "Examples:
  gobuildx schema > targets.schema.json   then, as the first line of targets.toml:
                                          #:schema ./targets.schema.json";
