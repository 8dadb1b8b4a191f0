//! C toolchains: what compiles the C of cgo programs.
//!
//! A definition is a file under `toolchains/`; a user's folder, a project's and a manifest may have more, or say more of
//! one. [`choose()`] says which would do for a target, [`installed`] what is here, and [`setup`] what go is told.

pub mod check;
pub mod choose;
mod chosen;
mod definition;
pub mod installed;
mod layer;
pub mod library;
mod name;
pub mod setup;
pub mod survey;
mod template;

pub use chosen::{Chosen, Lacking, NoToolchain, Why, Wish, choose};
pub use definition::{Definition, DefinitionError, Origin, Origins, names_a_sysroot};
pub use layer::{CLibrary, Commands, Container, Layer, Links, Reach, Serves};
pub use library::{Library, LibraryError};
pub use name::{ParseToolchainError, ToolchainName};
pub use setup::{Setup, Starter};
pub use template::Template;

/// The names of the definitions that are built in.
pub fn names() -> impl Iterator<Item = &'static str> + Clone {
    library::built_in_names()
}
