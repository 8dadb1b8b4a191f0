//! Why a database can't be used.

use std::io;

use crate::audit::advisory::{AdvisoryError, AdvisoryId, ParseIdError};
use crate::failure::{Exit, Failure};
use crate::fetch::FetchError;
use crate::human;

/// Why a database can't be used.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// A file isn't there.
    #[error("failed to read the vulnerability database {database}: it has no `{path}`")]
    Missing {
        /// The database.
        database: String,
        /// The file.
        path: String,
    },
    /// It isn't there, or can't be read at all.
    #[error("failed to open the vulnerability database {database}: {error}")]
    Open {
        /// The database.
        database: String,
        /// What the system says.
        error: io::Error,
    },
    /// It is neither of the kinds of databases that there are.
    #[error(
        "failed to open the vulnerability database {0}: it is neither a folder, a zip, nor JSON"
    )]
    Kind(String),
    /// A file of it makes no sense.
    #[error("failed to read `{path}` of the vulnerability database {database}: {fault}")]
    File {
        /// The database.
        database: String,
        /// The file.
        path: String,
        /// What is wrong with it.
        fault: FileFault,
    },
    /// An entry of it makes no sense.
    #[error("{error}, in the vulnerability database {database}")]
    Advisory {
        /// The database.
        database: String,
        /// What is wrong with it.
        error: AdvisoryError,
    },
    /// A server doesn't answer as it should.
    #[error("failed to get the vulnerability database {database}: {error}")]
    Fetch {
        /// The database.
        database: String,
        /// What is wrong.
        error: FetchError,
    },
}

/// What is wrong with a file of a database.
#[derive(Debug, thiserror::Error)]
pub enum FileFault {
    /// It can't be read.
    #[error("{0}")]
    Unreadable(#[from] io::Error),
    /// It isn't what it should be.
    #[error("{0}")]
    Json(#[from] serde_json::Error),
    /// It is larger than it should be.
    #[error("it has more than {}", human::size(*.0))]
    TooLarge(u64),
    /// It names an entry that can't be one.
    #[error("{0}")]
    Id(#[from] ParseIdError),
    /// A time isn't one.
    #[error("`{0}` is no time")]
    Time(String),
    /// It is another entry than its name says.
    #[error("it is {0}")]
    Other(AdvisoryId),
}

impl FileFault {
    /// In which file of which database it is.
    pub(super) fn of(self, database: &str, path: &str) -> DatabaseError {
        DatabaseError::File {
            database: database.to_owned(),
            path: path.to_owned(),
            fault: self,
        }
    }
}

impl DatabaseError {
    pub(super) fn missing(database: &str, path: &str) -> Self {
        Self::Missing {
            database: database.to_owned(),
            path: path.to_owned(),
        }
    }
}

impl Failure for DatabaseError {
    fn exit(&self) -> Exit {
        match self {
            Self::Fetch { error, .. } => error.exit(),
            Self::Missing { .. }
            | Self::Open { .. }
            | Self::Kind(_)
            | Self::File { .. }
            | Self::Advisory { .. } => Exit::Environment,
        }
    }
}
