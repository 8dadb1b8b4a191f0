//! What the function table and the machine code of a Go program say: which functions there are,
//! also in a stripped file, who refers to whom, and with which constant texts.

mod allowance;
mod arguments;
mod callers;
mod calls;
mod chains;
mod entries;
mod groups;
mod held;
mod image;
mod index;
mod inlined;
mod lazy_dlls;
mod loaded;
mod memory;
mod module;
mod names;
mod older;
mod program;
mod table;
mod traps;
mod types;
mod values;
mod work;

pub use arguments::{Argument, List, Word};
pub use chains::{Chains, Search};
pub use lazy_dlls::LazyDllOf;
pub use loaded::Loaded;
pub(super) use older::build_info as older_build_info;
pub use program::{FunctionId, NoProgram, Program};
