//! Why a partition did not do what it was asked.

use std::fmt;

use fluvio_protocol::link::ErrorCode;
use fluvio_socket::SocketError;

/// Why a partition did not do what it was asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// The module refused the batch, or the broker could not store it. The broker says the same of
    /// both.
    Refused,
    /// The instance of the module is not the one that the telling began with.
    Replaced,
    /// This broker does not lead the partition.
    NotLeader,
    /// The log no longer has the offset; it begins at `start`.
    Evicted {
        /// The first offset that the log still has.
        start: i64,
    },
    /// The log has no records from the first offset to the second, although it had before.
    Gone(i64, i64),
    /// Another error that the broker gives.
    Broker(ErrorCode),
    /// The cluster knows no such partition.
    Unknown,
    /// Somebody else has written to it.
    Foreign,
    /// What it was asked is no longer of use: the topic or its sources are others by now.
    Moved,
    /// The topic is configured in another way than at the start.
    Reconfigured,
    /// There is no connection, or no answer in time.
    Connection(String),
}

impl Failure {
    /// What an error of the broker means.
    pub(crate) fn from_broker(code: ErrorCode) -> Self {
        match code {
            ErrorCode::NotLeaderForPartition | ErrorCode::PartitionNotLeader => Self::NotLeader,
            ErrorCode::OffsetEvicted { next_available, .. } => Self::Evicted {
                start: next_available,
            },
            ErrorCode::StorageError => Self::Refused,
            other => Self::Broker(other),
        }
    }
}

impl From<SocketError> for Failure {
    fn from(error: SocketError) -> Self {
        let text = match error {
            SocketError::Io { source, .. } => sessionize_pipeline::error::plain(&source),
            SocketError::SocketClosed | SocketError::SocketStale => "connection is closed".into(),
        };
        Self::Connection(text)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused => f.write_str("the module or its storage refused the batch"),
            Self::Replaced => f.write_str("its module was started anew meanwhile"),
            Self::NotLeader => f.write_str("its broker does not lead it (yet)"),
            Self::Evicted { start } => write!(f, "its log now begins at offset {start}"),
            Self::Gone(from, to) => {
                write!(f, "its log lacks the records from offset {from} to {to}")
            }
            Self::Broker(code) => write!(f, "the broker says: {code}"),
            Self::Moved => f.write_str("the topic or its sources are others now"),
            Self::Reconfigured => f.write_str("its topic has another configuration now"),
            Self::Foreign => f.write_str("another producer has written to it"),
            Self::Unknown => f.write_str("the cluster does not know it"),
            Self::Connection(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for Failure {}
