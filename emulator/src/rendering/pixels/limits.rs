//! The limits of a rendering: pixels, bytes and time.

use std::io::{self, BufRead, Read, Seek};
use std::time::{Duration, Instant};

use super::failure::Failure;

/// The most pixels of a picture, all frames together: 64 megapixels take 256 MiB.
pub(crate) const PIXELS: u64 = 64 << 20;
/// The most bytes that decoding may take.
pub(crate) const BYTES: u64 = 512 << 20;
/// The longest time that a rendering may take.
pub(crate) const TIME: Duration = Duration::from_secs(30);

/// The moment at which a rendering gives up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline(Instant);

impl Deadline {
    pub(crate) fn after(time: Duration) -> Self {
        Self(Instant::now() + time)
    }

    /// Returns the time until then.
    #[cfg(feature = "svg")]
    pub(crate) fn remaining(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    pub(crate) fn check(self) -> Result<(), Failure> {
        if Instant::now() < self.0 {
            Ok(())
        } else {
            Err(Failure::TooSlow)
        }
    }

    /// Returns a reader of the bytes that fails after the deadline, which ends a decoder at its next read.
    pub(crate) fn reader(self, bytes: &[u8]) -> Reader<'_> {
        Reader {
            bytes: io::Cursor::new(bytes),
            deadline: self,
        }
    }
}

/// Refuses a picture with more pixels than [`PIXELS`].
pub(crate) fn check_pixels(width: u32, height: u32, frames: u64) -> Result<(), Failure> {
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 {
        return Err(Failure::Broken("it has no pixels".to_owned()));
    }
    if pixels.saturating_mul(frames) > PIXELS {
        let frames = match frames {
            1 => String::new(),
            frames => format!(", {frames} frames"),
        };
        return Err(Failure::TooLarge(format!(
            "{width} × {height} pixels{frames} are more than the {PIXELS} that the emulator renders"
        )));
    }
    Ok(())
}

pub(crate) struct Reader<'a> {
    bytes: io::Cursor<&'a [u8]>,
    deadline: Deadline,
}

impl Reader<'_> {
    fn check(&self) -> io::Result<()> {
        self.deadline
            .check()
            .map_err(|_| io::ErrorKind::TimedOut.into())
    }
}

/// A buffer of this size is handed out at once, so that the time is looked at often enough and not too often.
const PIECE: usize = 16 * 1024;

impl Read for Reader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.check()?;
        self.bytes.read(buffer)
    }
}

impl BufRead for Reader<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.check()?;
        let rest = self.bytes.fill_buf()?;
        Ok(rest.get(..PIECE).unwrap_or(rest))
    }

    fn consume(&mut self, amount: usize) {
        self.bytes.consume(amount);
    }
}

impl Seek for Reader<'_> {
    fn seek(&mut self, position: io::SeekFrom) -> io::Result<u64> {
        self.bytes.seek(position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_ends_at_the_deadline() {
        let mut buffer = [0; 2];
        let open = Deadline::after(TIME);
        assert_eq!(open.check(), Ok(()));
        assert_eq!(open.reader(b"abc").read(&mut buffer).ok(), Some(2));
        let over = Deadline::after(Duration::ZERO);
        assert_eq!(over.check(), Err(Failure::TooSlow));
        let error = over.reader(b"abc").read(&mut buffer).err();
        assert_eq!(
            error.map(|error| error.kind()),
            Some(io::ErrorKind::TimedOut)
        );
    }

    #[test]
    fn pixels_are_counted_over_all_frames_without_overflow() {
        assert_eq!(check_pixels(8192, 8192, 1), Ok(()));
        for (width, height, frames) in [
            (8192, 8193, 1),
            (8192, 8192, 2),
            (u32::MAX, u32::MAX, u64::MAX),
        ] {
            let checked = check_pixels(width, height, frames);
            assert!(matches!(checked, Err(Failure::TooLarge(_))), "{checked:?}");
        }
        assert!(matches!(check_pixels(0, 5, 1), Err(Failure::Broken(_))));
    }
}
