//! Decoders of the compressions that are read.

use std::io::{self, Read};

use bzip2::bufread::BzDecoder;
use flate2::bufread::GzDecoder;
use liblzma::bufread::XzDecoder;

use super::compression::Format;
use super::stored::Stored;

/// Zstd's largest window, as the logarithm of its bytes: what `zstd --long=31` writes is read
/// without being asked.
const LARGEST_WINDOW: u32 = 31;

/// Decompresses one member of an input, and takes no byte of what follows the member.
pub(super) trait Decoder: Read + Send {
    /// The compressed bytes.
    fn stored(&self) -> &Stored;

    fn stored_mut(&mut self) -> &mut Stored;

    /// The compressed bytes that have not been taken.
    fn into_stored(self: Box<Self>) -> Stored;
}

/// Begins with a member.
///
/// # Errors
///
/// When there is no memory for a decoder.
pub(super) fn decoder(format: Format, stored: Stored) -> io::Result<Box<dyn Decoder>> {
    Ok(match format {
        Format::Gzip => Box::new(GzDecoder::new(stored)),
        Format::Zstd => {
            let mut decoder = ZstdDecoder::with_buffer(stored)?.single_frame();
            decoder.window_log_max(LARGEST_WINDOW)?;
            Box::new(decoder)
        }
        Format::Bzip2 => Box::new(BzDecoder::new(stored)),
        Format::Xz => Box::new(XzDecoder::new(stored)),
    })
}

type ZstdDecoder = zstd::Decoder<'static, Stored>;

/// The crates' decoders have the same ways to their input, by no common trait.
macro_rules! decoders {
    ($($decoder:ty, $into_stored:ident;)*) => {$(
        impl Decoder for $decoder {
            fn stored(&self) -> &Stored {
                self.get_ref()
            }

            fn stored_mut(&mut self) -> &mut Stored {
                self.get_mut()
            }

            fn into_stored(self: Box<Self>) -> Stored {
                self.$into_stored()
            }
        }
    )*};
}

decoders! {
    GzDecoder<Stored>, into_inner;
    ZstdDecoder, finish;
    BzDecoder<Stored>, into_inner;
    XzDecoder<Stored>, into_inner;
}
