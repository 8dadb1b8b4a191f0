//! Packing executables so that they are smaller on disk and unpack themselves when they start.

mod upx;

pub use upx::{Evidence, Refusal, upx};
