//! How a library that uses rokka is tested: against the emulator, without an account, a network or mocks.
//!
//! The library stores the avatars of users. It takes a [`SourceImages`], so a test passes the one of an
//! [`Emulator`](rokka::testing::Emulator), which behaves like the service: real hashes, search, errors. A test looks at the
//! result, at [the requests](rokka::testing::Emulator::requests), or makes the service
//! [fail](rokka::testing::Emulator::fail_next). In the `Cargo.toml` of such a library:
//!
//! ```toml
//! [dependencies]
//! rokka = "0.1"
//!
//! [dev-dependencies]
//! rokka = { version = "0.1", features = ["testing"] }
//! tokio = { version = "1", features = ["macros", "rt"] }
//! ```
//!
//! `cargo test --example library_with_tests` runs the tests, `cargo run --example library_with_tests` the program.

use std::error::Error;

use rokka::testing::{Emulator, EmulatorExt};
use rokka::{Source, SourceImages, field};

/// The avatars of the users of a site.
#[derive(Clone, Debug)]
struct Avatars {
    images: SourceImages,
}

impl Avatars {
    fn new(images: SourceImages) -> Self {
        Self { images }
    }

    /// Stores the avatar of a user in place of the one before; returns its hash.
    async fn set(&self, user: u32, picture: Vec<u8>) -> rokka::Result<String> {
        let before = self.get(user).await?;
        let source = Source::bytes(format!("avatar-{user}.png"), picture);
        let avatar = self
            .images
            .upload(source)
            .user_metadata("int:avatar_of", user)
            .await?;
        if let Some(before) = before.filter(|before| *before != avatar.hash) {
            self.images.delete(before).await?;
        }
        Ok(avatar.hash)
    }

    /// Returns the hash of a user's avatar.
    async fn get(&self, user: u32) -> rokka::Result<Option<String>> {
        let of_user = field::user_int("avatar_of").equals(user);
        let found = self.images.search().filter(of_user).limit(1).await?;
        Ok(found.items.into_iter().next().map(|image| image.hash))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let emulator = Emulator::start().await;
    let avatars = Avatars::new(emulator.source_images()?);
    let picture = b"<svg width='40' height='40'/>".to_vec();
    println!("stored {}", avatars.set(7, picture).await?);
    println!("found  {:?}", avatars.get(7).await?);
    Ok(())
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::unwrap_used)]
mod tests {
    use rokka::Retry;

    use super::*;

    /// A picture with a text of its own: the emulator refuses what is none, as the service does.
    fn picture(title: &str) -> Vec<u8> {
        format!("<svg width='40' height='40'><title>{title}</title></svg>").into_bytes()
    }

    /// A service for one test, and the library on it. The service runs as long as the emulator is held.
    async fn avatars() -> (Emulator, Avatars) {
        let emulator = Emulator::start().await;
        let avatars = Avatars::new(emulator.source_images().unwrap());
        (emulator, avatars)
    }

    #[tokio::test]
    async fn a_user_has_one_avatar() {
        let (emulator, avatars) = avatars().await;
        assert_eq!(avatars.get(7).await.unwrap(), None);
        let first = avatars.set(7, picture("first")).await.unwrap();
        let second = avatars.set(7, picture("second")).await.unwrap();
        assert_ne!(first, second);
        assert_eq!(avatars.get(7).await.unwrap(), Some(second));
        let images = emulator.source_images().unwrap();
        assert!(images.get(first).await.unwrap_err().is_not_found());
    }

    #[tokio::test]
    async fn the_avatar_of_another_user_stays() {
        let (_emulator, avatars) = avatars().await;
        let other = avatars.set(8, picture("other")).await.unwrap();
        avatars.set(7, picture("first")).await.unwrap();
        assert_eq!(avatars.get(8).await.unwrap(), Some(other));
    }

    #[tokio::test]
    async fn one_search_one_upload_and_one_deletion_replace_an_avatar() {
        let (emulator, avatars) = avatars().await;
        let first = avatars.set(7, picture("first")).await.unwrap();
        let earlier = emulator.requests().len();
        avatars.set(7, picture("second")).await.unwrap();
        let requests = emulator.requests();
        let lines: Vec<_> = requests
            .iter()
            .skip(earlier)
            .map(|request| (&*request.method, &*request.path))
            .collect();
        let image = format!("/sourceimages/acme/{first}");
        assert_eq!(
            lines,
            [
                ("GET", "/sourceimages/acme"),
                ("POST", "/sourceimages/acme"),
                ("DELETE", &image)
            ]
        );
        assert_eq!(requests[earlier].parameter("user:int:avatar_of"), Some("7"));
    }

    #[tokio::test]
    async fn a_refusal_of_the_service_is_returned_and_changes_nothing() {
        let emulator = Emulator::start().await;
        let rokka = emulator.client_builder().retry(Retry::never()).build();
        let images = rokka.unwrap().source_images("acme").unwrap();
        let avatars = Avatars::new(images);
        let first = avatars.set(7, picture("first")).await.unwrap();
        emulator.fail_next(
            1,
            403,
            r#"{"code":403,"message":"The plan has no uploads left."}"#,
        );
        let error = avatars.set(7, picture("second")).await.unwrap_err();
        assert!(error.is_forbidden());
        assert_eq!(error.message(), "The plan has no uploads left.");
        assert_eq!(avatars.get(7).await.unwrap(), Some(first));
    }
}
