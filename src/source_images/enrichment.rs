//! Metadata that the service derives from an image: labels, descriptions, content credentials.

use crate::api::types::{AutoDescriptionRequest, OrganizationName, SourceImage};
use crate::call::{CallParts, Run, call};
use crate::error::{Error, Result};
use crate::names::image_hash;
use crate::source_images::image::changed_image;
use crate::transport::Session;

/// Labels an image.
#[derive(Debug)]
pub(crate) struct Autolabel {
    organization: OrganizationName,
    hash: String,
}

impl Autolabel {
    pub(super) fn new(organization: OrganizationName, hash: String) -> Self {
        Self { organization, hash }
    }
}

impl Run for Autolabel {
    type Output = SourceImage;

    async fn run(self, session: Session) -> Result<SourceImage> {
        let hash = image_hash(&self.hash)?;
        let response = session
            .api()
            .create_source_image_autolabel(&self.organization, &hash)
            .await;
        changed_image(&session, &self.organization, &hash, response).await
    }
}

/// Generates alternative texts for an image; returns the changed [`SourceImage`]. Created by
/// [`SourceImages::autodescription`](super::SourceImages::autodescription).
#[derive(Debug)]
#[must_use = "a call is sent when it is awaited"]
pub struct Autodescription {
    call: CallParts,
    organization: OrganizationName,
    hash: String,
    languages: Vec<String>,
    force: bool,
}

impl Autodescription {
    pub(super) fn new(
        call: CallParts,
        organization: OrganizationName,
        hash: String,
        languages: Vec<String>,
    ) -> Self {
        Self {
            call,
            organization,
            hash,
            languages,
            force: false,
        }
    }

    /// Replaces existing texts (default: they stay).
    pub fn force(mut self) -> Self {
        self.force = true;
        self
    }
}

call!(Autodescription => SourceImage);

impl Autodescription {
    async fn run(self, session: Session) -> Result<SourceImage> {
        let hash = image_hash(&self.hash)?;
        check_languages(&self.languages)?;
        let request = AutoDescriptionRequest {
            languages: self.languages,
            force: self.force,
        };
        let response = session
            .api()
            .create_source_image_autodescription(&self.organization, &hash, &request)
            .await;
        changed_image(&session, &self.organization, &hash, response).await
    }
}

/// Checks the languages of a request for descriptions.
pub(crate) fn check_languages(languages: &[String]) -> Result<()> {
    if languages.is_empty() {
        return Err(Error::invalid(
            "no languages requested: pass at least one, such as `en`",
        ));
    }
    for language in languages {
        let plain = |letter: char| letter.is_ascii_alphabetic() || letter == '-';
        if language.is_empty() || !language.chars().all(plain) {
            return Err(Error::invalid(format!(
                "the language {language:?} is invalid: use a code such as `en`"
            )));
        }
    }
    Ok(())
}

impl SourceImage {
    /// Returns the alternative text that the service generated in a language, such as `en`; `None` if it has not.
    ///
    /// [`autodescription`](super::SourceImages::autodescription) and [`Source::auto_description`](crate::Source::auto_description)
    /// request texts. The service stores them in the user metadata and does not document the names of the fields: this method
    /// reads the text or string `auto_description_en` there, or else `auto_description.en` of the static metadata.
    ///
    /// [Reference](https://rokka.io/documentation/references/auto-descriptions.html).
    ///
    /// ```
    /// # fn f(image: rokka::SourceImage) {
    /// let alt = image.auto_description("en").unwrap_or("A picture");
    /// # }
    /// ```
    pub fn auto_description(&self, language: &str) -> Option<&str> {
        let name = format!("auto_description_{language}");
        let stored = &self.user_metadata;
        let stored = stored.get_text(&name).or_else(|| stored.get_str(&name));
        stored.or_else(|| {
            let texts = self.static_metadata.get("auto_description")?;
            texts.get(language)?.as_str()
        })
    }

    /// Returns the text for the attribute `alt` in a language, such as `en`: what people wrote, or else what the service
    /// generated; `None` if there is neither.
    ///
    /// Reads the text or string `description_en` of the user metadata, a name that this crate chooses, or else
    /// [`auto_description`](Self::auto_description). An empty text says that the image is decorative.
    ///
    /// [Reference](https://rokka.io/documentation/references/auto-descriptions.html).
    ///
    /// ```
    /// # fn f(rokka: rokka::Client, image: rokka::SourceImage) -> rokka::Result<()> {
    /// let img = rokka.render("acme", &image)?.stack("thumb").srcset().density(2).img()?;
    /// let html = img.size(400, 300).html(image.description("en").unwrap_or_default());
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "alt")]
    pub fn description(&self, language: &str) -> Option<&str> {
        let name = format!("description_{language}");
        let written = &self.user_metadata;
        let written = written.get_text(&name).or_else(|| written.get_str(&name));
        written.or_else(|| self.auto_description(language))
    }
}

/// Reads the content credentials of an image again.
#[derive(Debug)]
pub(crate) struct ReadContentCredentials {
    organization: OrganizationName,
    hash: String,
}

impl ReadContentCredentials {
    pub(super) fn new(organization: OrganizationName, hash: String) -> Self {
        Self { organization, hash }
    }
}

impl Run for ReadContentCredentials {
    type Output = SourceImage;

    async fn run(self, session: Session) -> Result<SourceImage> {
        let hash = image_hash(&self.hash)?;
        let response = session
            .api()
            .create_source_image_content_credentials(&self.organization, &hash)
            .await;
        changed_image(&session, &self.organization, &hash, response).await
    }
}
