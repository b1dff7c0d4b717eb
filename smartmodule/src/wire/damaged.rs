//! Why a batch cannot be decoded.

/// Bytes that do not follow the engine's protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Damaged {
    /// The envelope: base offset, records, base timestamp.
    Envelope,
    /// One of the records.
    Records,
}
