//! `files`: what goes into each archive beside the programs.

use globset::Glob;

use crate::manifest::diagnostic::{Diagnostic, Located};
use crate::manifest::folder;
use crate::manifest::reader::Reader;
use crate::manifest::words::quote;

/// A name or a glob inside the project.
pub(super) fn pattern(read: &mut Reader<'_>, pattern: &Located<&str>) -> Option<Located<String>> {
    let inside = folder::inside(read, pattern.clone())?;
    match Glob::new(&inside.value) {
        Ok(_) => Some(inside),
        Err(error) => {
            let message = format!(
                "{} is not a pattern: {}",
                quote(pattern.value),
                error.kind()
            );
            let help = "write a file name or a pattern, such as `LICENSE*`";
            read.push(Diagnostic::wrong(&pattern.span, message).help(help));
            None
        }
    }
}
