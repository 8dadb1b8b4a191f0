//! What go refuses a whole project for.

use std::fmt;
use std::path::Path;

use super::Mismatch;

/// What go refuses a whole project for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A module has another checksum than it should have.
    Checksum(Mismatch),
    /// `vendor` is of another go.mod.
    Vendor(StaleVendor),
}

/// What go says of a `vendor` that is of another go.mod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaleVendor {
    /// The folder that it is in.
    pub folder: String,
    /// How `modules.txt` differs from go.mod, a sentence each.
    pub differences: Vec<String>,
    /// Whether it is that of a workspace.
    pub is_of_workspace: bool,
}

impl Refusal {
    /// Reads what go writes to stderr.
    #[must_use]
    pub fn read(said: &str) -> Option<Self> {
        let checksum = Mismatch::read(said).map(Self::Checksum);
        checksum.or_else(|| StaleVendor::read(said).map(Self::Vendor))
    }

    /// With folders as they are named from the root of the project.
    #[must_use]
    pub fn below(self, root: &Path) -> Self {
        match self {
            Self::Vendor(vendor) => {
                let parts = Path::new(&vendor.folder).strip_prefix(root);
                let parts = parts.map(|folder| {
                    let parts = folder.iter().map(|part| part.to_string_lossy());
                    parts.collect::<Vec<_>>().join("/")
                });
                let folder = match parts {
                    Ok(folder) if folder.is_empty() => ".".to_owned(),
                    Ok(folder) => folder,
                    Err(_) => vendor.folder,
                };
                Self::Vendor(StaleVendor { folder, ..vendor })
            }
            Self::Checksum(_) => self,
        }
    }
}

/// It finishes "go refuses the modules of the project, …".
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Checksum(mismatch) => write!(f, "by the checksum of {mismatch}"),
            Self::Vendor(_) => f.write_str("since `vendor` is of another go.mod"),
        }
    }
}

impl StaleVendor {
    /// Source: `checkVendorConsistency` in Go's `cmd/go/internal/modload/vendor.go`.
    fn read(said: &str) -> Option<Self> {
        let mut lines = said.lines().map(str::trim);
        let folder = lines.by_ref().find_map(|line| {
            let (_, folder) = line.split_once("inconsistent vendoring in ")?;
            folder.strip_suffix(':')
        })?;
        let advises = |line: &str| line.starts_with("To ") || line.starts_with("run ");
        let differences = lines.clone().filter(|line| !line.is_empty());
        let differences = differences.take_while(|line| !advises(line));
        Some(Self {
            folder: folder.to_owned(),
            differences: differences.map(str::to_owned).collect(),
            is_of_workspace: lines.any(|line| line.contains("go work vendor")),
        })
    }

    /// What mends it, in its folder.
    #[must_use]
    pub fn command(&self) -> &'static str {
        if self.is_of_workspace {
            "go work vendor"
        } else {
            "go mod vendor"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &str = "go: inconsistent vendoring in /src/tools:\n\
        \texample.com/x@v1.0.0: is explicitly required in go.mod, but not marked as explicit in vendor/modules.txt\n\
        \texample.com/y@v1.0.0: is marked as explicit in vendor/modules.txt, but not explicitly required in go.mod\n\n\
        \tTo ignore the vendor directory, use -mod=readonly or -mod=mod.\n\
        \tTo sync the vendor directory, run:\n\
        \t\tgo mod vendor\n";

    #[test]
    fn a_vendor_of_another_go_mod_is_read_with_what_differs() {
        let Some(Refusal::Vendor(vendor)) = Refusal::read(SAID) else {
            panic!("none");
        };
        assert_eq!(vendor.folder, "/src/tools");
        assert_eq!(vendor.differences.len(), 2, "{vendor:?}");
        assert!(vendor.differences[0].starts_with("example.com/x@v1.0.0: is "));
        assert_eq!(vendor.command(), "go mod vendor");
        let of_work = SAID.replace("go mod", "go work");
        let Some(Refusal::Vendor(vendor)) = Refusal::read(&of_work) else {
            panic!("none");
        };
        assert_eq!(vendor.command(), "go work vendor");
        assert_eq!(Refusal::read("go: updates to go.mod needed\n"), None);
    }

    #[test]
    fn a_folder_is_named_from_the_root() {
        let folder = |root: &str| {
            let refusal = Refusal::read(SAID).unwrap().below(Path::new(root));
            match refusal {
                Refusal::Vendor(vendor) => vendor.folder,
                Refusal::Checksum(_) => panic!("none"),
            }
        };
        assert_eq!(folder("/src"), "tools");
        assert_eq!(folder("/src/tools"), ".");
        assert_eq!(folder("/other"), "/src/tools");
    }
}
