//! Packing executables so that they are smaller on disk and unpack themselves when they start.

mod options;
mod upx;

pub use options::{OptionFault, UpxOption};
pub use upx::{Known, Refusal, upx};
