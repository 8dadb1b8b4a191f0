//! Classes, severities and places in words.

use crate::verify::{Class, FixPlace, Severity};

/// The classes of rules, in the order in which they are told.
pub const CLASSES: [Class; 4] = [
    Class::Linking,
    Class::Runtime,
    Class::Confirmation,
    Class::Opacity,
];

/// The name of a class.
#[must_use]
pub fn class_name(class: Class) -> &'static str {
    match class {
        Class::Linking => "linking",
        Class::Runtime => "runtime",
        Class::Confirmation => "confirmation",
        Class::Opacity => "opacity",
    }
}

/// What rules of a class tell.
#[must_use]
pub fn class(class: Class) -> &'static str {
    match class {
        Class::Linking => "what has to be on the system before the program starts",
        Class::Runtime => "what the program wants from the system while it runs",
        Class::Confirmation => "whether the file is what was asked for",
        Class::Opacity => "whether the file can be read at all",
    }
}

/// What becomes of a program with a finding.
#[must_use]
pub fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info: worth knowing, and nothing hangs on it",
        Severity::Degrade => "degrades: it works, but something is worse, without an error",
        Severity::Fail => "fails: it starts, and a part of it ends in an error",
        Severity::Block => "blocks: it doesn't start, or is not what was asked for",
    }
}

/// Where a fix is made.
#[must_use]
pub fn place(place: FixPlace) -> &'static str {
    match place {
        FixPlace::Source => "in the source",
        FixPlace::Manifest => "in the manifest",
        FixPlace::Command => "by a command",
        FixPlace::Image => "in the image",
        FixPlace::Other => "otherwise",
    }
}
