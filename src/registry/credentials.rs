//! Who the user is at a registry: what `docker login` and `podman login` have kept.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::docker_config::{ConfigFault, DockerConfig, server_of};
use super::helper::{self, HelperFault};
use crate::host::Host;
use crate::oci::Repository;
use crate::printable::printable_path;
use crate::process::{Cancel, ProcessError, Reason};
use crate::secret::Secret;

/// More than any file of these has.
const LARGEST: u64 = 1 << 20;

/// Who somebody is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// Nobody in particular.
    Nobody,
    /// A user.
    Password {
        /// The name.
        user: String,
        /// The password, or a token that stands for it.
        password: Secret,
    },
    /// A token that others are got with.
    Identity(Secret),
    /// A token that is sent as it is.
    Bearer(Secret),
}

/// Why it isn't known who somebody is. It finishes "failed to …: ".
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// A file can't be read.
    #[error("`{}` can't be read: {error}", printable_path(path))]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// A file isn't as it should be.
    #[error("`{}` {fault}", printable_path(path))]
    Config {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        fault: ConfigFault,
    },
    /// A helper doesn't tell.
    #[error(
        "the credential helper `{program}`, which `{}` names, {fault}",
        printable_path(path)
    )]
    Helper {
        /// The file.
        path: PathBuf,
        /// The helper.
        program: String,
        /// What is wrong.
        fault: HelperFault,
    },
}

impl Credentials {
    /// What nobody may see of it.
    pub(super) fn secret(&self) -> Option<&Secret> {
        match self {
            Self::Nobody => None,
            Self::Password { password, .. } => Some(password),
            Self::Identity(token) | Self::Bearer(token) => Some(token),
        }
    }
}

impl LoginError {
    /// Why all is stopped, if that is why.
    pub(super) fn stopped(&self) -> Option<Reason> {
        match self {
            Self::Helper {
                fault: HelperFault::Process(error),
                ..
            } => match **error {
                ProcessError::Cancelled { reason, .. } => Some(reason),
                _ => None,
            },
            _ => None,
        }
    }

    /// What to do about it.
    pub(super) fn hint(&self) -> String {
        match self {
            Self::Helper {
                fault: HelperFault::Missing,
                program,
                ..
            } => format!("install `{program}`, or log in again"),
            Self::Helper { program, .. } => {
                format!("see what `{program} list` says, or log in again")
            }
            Self::Read { .. } | Self::Config { .. } => {
                "repair that file, or remove it and log in again".to_owned()
            }
        }
    }
}

/// What the user's tools know of who the user is.
#[derive(Clone, Debug)]
pub struct Logins {
    host: Host,
    files: Vec<PathBuf>,
}

impl Logins {
    /// Those of a user: docker's, then podman's.
    #[must_use]
    pub fn of(host: &Host) -> Self {
        Self {
            files: files(host),
            host: host.clone(),
        }
    }

    /// Who the user is at a repository.
    ///
    /// # Errors
    /// When a file or a helper should know it and doesn't tell.
    pub fn find(
        &self,
        repository: &Repository,
        cancel: &Cancel,
    ) -> Result<Credentials, LoginError> {
        for path in &self.files {
            if let Some(found) = self.find_in(path, repository, cancel)? {
                return Ok(found);
            }
        }
        Ok(Credentials::Nobody)
    }

    fn find_in(
        &self,
        path: &Path,
        repository: &Repository,
        cancel: &Cancel,
    ) -> Result<Option<Credentials>, LoginError> {
        let wrong = |fault| LoginError::Config {
            path: path.to_owned(),
            fault,
        };
        let Some(text) = read(path)? else {
            return Ok(None);
        };
        let config = DockerConfig::parse(&text).map_err(wrong)?;
        if let Some(name) = config.helper(repository).map_err(wrong)? {
            let server = server_of(repository);
            let asked = helper::ask(&name, &server, (&self.host, cancel));
            let told = asked.map_err(|fault| LoginError::Helper {
                path: path.to_owned(),
                program: name.program(),
                fault,
            })?;
            if told.is_some() {
                return Ok(told);
            }
        }
        config.credentials(repository).map_err(wrong)
    }
}

/// Where docker and podman keep it.
fn files(host: &Host) -> Vec<PathBuf> {
    let of = |name: &str| host.env.get(name).map(PathBuf::from);
    let home = of(if cfg!(windows) { "USERPROFILE" } else { "HOME" });
    let at_home = |path: &str| home.as_ref().map(|home| home.join(path));
    let docker = of("DOCKER_CONFIG").or_else(|| at_home(".docker"));
    let podman = of("REGISTRY_AUTH_FILE").or_else(|| {
        let run = of("XDG_RUNTIME_DIR")?.join("containers/auth.json");
        run.exists().then_some(run)
    });
    let podman = podman.or_else(|| {
        let config = of("XDG_CONFIG_HOME").or_else(|| at_home(".config"));
        Some(config?.join("containers/auth.json"))
    });
    let docker = docker.map(|folder| folder.join("config.json"));
    docker.into_iter().chain(podman).collect()
}

/// What is in a file; nothing where there is none.
fn read(path: &Path) -> Result<Option<Vec<u8>>, LoginError> {
    let failed = |error| LoginError::Read {
        path: path.to_owned(),
        error,
    };
    let metadata = match path.metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        metadata => metadata.map_err(failed)?,
    };
    // A pipe may never be written to.
    if !metadata.is_file() || metadata.len() > LARGEST {
        return Err(failed(io::Error::other("it is no file of up to 1 MiB")));
    }
    let mut text = Vec::new();
    let file = File::open(path).map_err(failed)?;
    file.take(LARGEST).read_to_end(&mut text).map_err(failed)?;
    Ok(Some(text))
}
