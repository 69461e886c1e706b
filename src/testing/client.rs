//! A client that talks to the emulator.

use crate::client::Client;
use crate::error::Result;
use crate::source_images::SourceImages;
use crate::testing::Emulator;

impl Emulator {
    /// A client with the emulator's hosts and key.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> rokka::Result<()> {
    /// let emulator = rokka::testing::Emulator::start().await;
    /// let images = emulator.client()?.source_images("acme")?;
    /// assert_eq!(images.search().await?.total, 0);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) if the key was set to one that no header can hold.
    pub fn client(&self) -> Result<Client> {
        Client::builder()
            .api_host(self.url())
            .render_host(self.render_host())
            .api_key(self.api_key())
            .build()
    }

    /// The source images of the emulator's first organization, through [`client`](Self::client).
    ///
    /// # Errors
    /// As [`client`](Self::client).
    pub fn source_images(&self) -> Result<SourceImages> {
        self.client()?.source_images(self.organization())
    }
}
