//! What `[embed] ca_roots` compiles in: certificates, pinned in a lock file, as a Go source.
//!
//! Pure but for `roots`, which reads the files and asks go.

mod bundle;
mod certificate;
mod lock;
mod module_sum;
mod mozilla;
mod pem;
mod roots;
mod source;

pub use bundle::bundle;
pub use certificate::Certificate;
pub use lock::{Lock, ModulePin, ParseLockError, lock_file};
pub use module_sum::sum_of_digests;
pub use mozilla::{BundleError, MODULE, Root, roots as mozilla_roots};
pub use pem::{PemError, certificates, certificates_among};
pub use roots::{Asking, EmbedError, Pin, RootSet, RootSets, of_image, read_lock};
pub use source::{FILE, source};
