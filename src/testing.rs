//! Runs an in-memory rokka service on a loopback port, to test your code and to try the crate without an account.
//!
//! Re-exports the crate [`rokka-emulator`](rokka_emulator) and adds [`EmulatorExt`], which returns a [`Client`] of an
//! [`Emulator`].
//!
//! ```
//! use rokka::testing::{Emulator, EmulatorExt};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> rokka::Result<()> {
//! let emulator = Emulator::start().await;
//! let images = emulator.client()?.source_images("acme")?;
//! assert_eq!(images.search().await?.total, 0);
//! # Ok(())
//! # }
//! ```
//!
//! Code that takes a response needs no service: every model that only responses contain has a constructor `sample`, which
//! takes the fields that a response must have. The other fields are empty, and can be set.
//!
//! ```
//! use rokka::SourceImage;
//!
//! fn caption(image: &SourceImage) -> String {
//!     let (name, width, height) = (&image.name, image.width, image.height);
//!     format!("{name}, {width} x {height}")
//! }
//!
//! let mut image = SourceImage::sample("3f9a21");
//! image.name = "cat.jpg".into();
//! (image.width, image.height) = (640, 480);
//! assert_eq!(caption(&image), "cat.jpg, 640 x 480");
//! ```

use crate::client::{Client, ClientBuilder};
use crate::error::Result;
use crate::source_images::SourceImages;

#[doc(inline)]
pub use rokka_emulator::*;

/// Returns clients of an [`Emulator`].
pub trait EmulatorExt {
    /// Returns a builder with the emulator's hosts and key, for a client with other settings.
    ///
    /// ```
    /// # async fn f() -> rokka::Result<()> {
    /// use rokka::Retry;
    /// use rokka::testing::{Emulator, EmulatorExt};
    ///
    /// let emulator = Emulator::start().await;
    /// let rokka = emulator.client_builder().retry(Retry::never()).build()?;
    /// # Ok(())
    /// # }
    /// ```
    fn client_builder(&self) -> ClientBuilder;

    /// Returns a client with the emulator's hosts and key.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) if the configured key has characters that are not allowed in a header.
    fn client(&self) -> Result<Client> {
        self.client_builder().build()
    }

    /// Returns the source images of the emulator's first organization, through [`client`](Self::client).
    ///
    /// # Errors
    /// As [`client`](Self::client).
    fn source_images(&self) -> Result<SourceImages>;
}

impl EmulatorExt for Emulator {
    fn client_builder(&self) -> ClientBuilder {
        Client::builder()
            .api_host(self.url())
            .render_host(self.render_host())
            .api_key(self.api_key())
    }

    fn source_images(&self) -> Result<SourceImages> {
        self.client()?.source_images(self.organization())
    }
}
