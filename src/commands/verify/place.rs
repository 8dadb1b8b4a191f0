//! What is verified: a folder, or a release that is published somewhere.

use std::path::{Path, PathBuf};

use crate::cli::VerifyArgs;
use crate::delivery::{Consumer, Remote};
use crate::failure::{Exit, Failure};
use crate::fetch::{Address, Client, ParseAddressError};
use crate::host::Host;
use crate::process::Cancel;
use crate::progress::ReleaseProgress;
use crate::temporary::OwnFolder;

/// What is verified.
pub(super) enum Place {
    /// A folder of this machine.
    Folder(PathBuf),
    /// What a server has, in a folder of this run.
    Brought {
        /// Where it is from.
        address: Address,
        /// Where it lies.
        folder: OwnFolder,
    },
}

impl Place {
    /// The one that is named, or the output folder of the manifest.
    pub(super) fn of(
        args: &VerifyArgs,
        (manifest, host): (Option<&Path>, &Host),
        consumer: &Consumer,
        cancel: &Cancel,
    ) -> Result<Self, Box<dyn Failure>> {
        if let Some(address) = args.address() {
            let address = address.parse().map_err(NoAddress)?;
            return brought(address, host, consumer, cancel);
        }
        let folder = args.place.clone().unwrap_or_else(|| {
            let beside = manifest.and_then(Path::parent);
            // Paths are printed: the nearest way there.
            match beside.and_then(|root| root.strip_prefix(&host.cwd).ok()) {
                Some(below) => below.join("dist"),
                None => beside.map_or_else(|| PathBuf::from("dist"), |root| root.join("dist")),
            }
        });
        Ok(Self::Folder(folder))
    }

    /// The folder.
    pub(super) fn folder(&self) -> &Path {
        match self {
            Self::Folder(folder) => folder,
            Self::Brought { folder, .. } => folder.path(),
        }
    }

    /// What it is called.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Folder(folder) => folder.to_string_lossy().into_owned(),
            Self::Brought { address, .. } => address.to_string(),
        }
    }
}

fn brought(
    address: Address,
    host: &Host,
    consumer: &Consumer,
    cancel: &Cancel,
) -> Result<Place, Box<dyn Failure>> {
    let folder = OwnFolder::make().map_err(NoFolder)?;
    let remote = Remote {
        client: &Client::new(&host.env, cancel),
        address: &address,
        key: consumer.key.as_ref(),
    };
    remote.bring(folder.path(), &mut ReleaseProgress::start())?;
    Ok(Place::Brought { address, folder })
}

/// What is named is no address. It isn't quoted, since there may be a password in it.
#[derive(Debug, thiserror::Error)]
#[error("failed to verify what is named: that is no address: {0}")]
struct NoAddress(ParseAddressError);

impl Failure for NoAddress {
    fn exit(&self) -> Exit {
        Exit::Usage
    }

    fn hint(&self) -> Option<String> {
        Some(
            "name an output folder, or an address such as https://example.com/hello/v1.2.3/"
                .to_owned(),
        )
    }
}

/// There is no folder for what comes.
#[derive(Debug, thiserror::Error)]
#[error("failed to make a folder among the temporary files: {0}")]
struct NoFolder(std::io::Error);

impl Failure for NoFolder {
    fn exit(&self) -> Exit {
        Exit::Environment
    }

    fn hint(&self) -> Option<String> {
        Some("set TMPDIR to a folder that can be written to".to_owned())
    }
}
