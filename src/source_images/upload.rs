//! Uploading source images.

use serde::Serialize;
use serde_json::Value;

use crate::api::types::{
    OrganizationName, SourceImage, SourceImageList, SubjectArea, UserMetadata,
};
use crate::call::{CallParts, call};
use crate::error::{Error, ErrorKind, Result};
use crate::progress::{Meter, Progress};
use crate::source_images::DynamicValue;
use crate::transfer::form::{FormPart, MakeForm, RESPONDED_EARLY};
use crate::transfer::part_stream::SentFile;
use crate::transfer::source::{OptimizeSource, Source};
use crate::transport::{Expected, RequestPolicy, Session, Template};

/// Uploads one source; returns the stored [`SourceImage`]. Created by
/// [`SourceImages::upload`](super::SourceImages::upload).
///
/// ```no_run
/// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
/// use rokka::{Progress, Source, SubjectArea};
///
/// let progress = Progress::new();
/// let image = images
///     .upload(Source::path("cat.jpg"))
///     .user_metadata("int:sku", 42)
///     .subject_area(SubjectArea::new(100, 100, 50, 50))
///     .verify(true)
///     .progress(&progress)
///     .await?;
/// println!("{}", image.hash);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "a call is sent when it is awaited"]
pub struct Upload {
    pub(super) call: CallParts,
    pub(super) organization: OrganizationName,
    pub(super) source: Source,
    settings: Settings,
}

/// Uploads several sources in one request; returns a `Vec` of [`SourceImage`]s in the order of the sources. Created by
/// [`SourceImages::upload_many`](super::SourceImages::upload_many).
#[derive(Debug)]
#[must_use = "a call is sent when it is awaited"]
pub struct UploadMany {
    call: CallParts,
    organization: OrganizationName,
    sources: Vec<Source>,
    settings: Settings,
}

/// The options that one upload and several share.
#[derive(Debug, Default)]
struct Settings {
    optimize: Option<OptimizeSource>,
    progress: Option<Meter>,
}

impl Upload {
    pub(super) fn new(call: CallParts, organization: OrganizationName, source: Source) -> Self {
        Self {
            call,
            organization,
            source,
            settings: Settings::default(),
        }
    }
}

impl UploadMany {
    pub(super) fn new(
        call: CallParts,
        organization: OrganizationName,
        sources: Vec<Source>,
    ) -> Self {
        Self {
            call,
            organization,
            sources,
            settings: Settings::default(),
        }
    }
}

impl Upload {
    /// Sets the file name to store; see [`Source::name`].
    pub fn name(self, name: impl Into<String>) -> Self {
        self.change(|source| source.name(name))
    }

    /// Sets a field of user metadata; see [`Source::user_metadata`].
    pub fn user_metadata(self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.change(|source| source.user_metadata(name, value))
    }

    /// Sets all of these fields of user metadata; see [`Source::user_metadata_all`].
    pub fn user_metadata_all(self, fields: impl Into<UserMetadata>) -> Self {
        self.change(|source| source.user_metadata_all(fields))
    }

    /// Sets the subject area; see [`Source::subject_area`].
    #[inline]
    pub fn subject_area(self, area: SubjectArea) -> Self {
        self.change(|source| source.subject_area(area))
    }

    /// Sets one kind of dynamic metadata; see [`Source::dynamic_metadata`].
    pub fn dynamic_metadata(self, value: impl Into<DynamicValue>) -> Self {
        self.change(|source| source.dynamic_metadata(value))
    }

    /// Requests alternative texts in these languages, such as `en` (default: none); see [`Source::auto_description`].
    #[doc(alias = "meta_static")]
    #[doc(alias = "MetaStatic")]
    pub fn auto_description(self, languages: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.change(|source| source.auto_description(languages))
    }

    /// Requests one kind of metadata that the service detects; see [`Source::detected_metadata`].
    #[doc(alias = "meta_static")]
    pub fn detected_metadata(self, kind: impl Into<String>, options: &impl Serialize) -> Self {
        self.change(|source| source.detected_metadata(kind, options))
    }

    /// Sets the option `visual_binaryhash` (default: not sent); see [`Source::visual_binary_hash`].
    #[doc(alias = "visual_binaryhash")]
    pub fn visual_binary_hash(self, visual: bool) -> Self {
        self.change(|source| source.visual_binary_hash(visual))
    }

    /// Sets whether renderings need a signed URL (default: no).
    pub fn protected(self, protected: bool) -> Self {
        self.change(|source| source.protected(protected))
    }

    /// Sets whether the stored image is compared with the sent bytes (default: no); see [`Source::verify`].
    pub fn verify(self, verify: bool) -> Self {
        self.change(|source| source.verify(verify))
    }

    /// Converts the file to another format before it is stored (default: the original is stored). The limit for such a file
    /// is about 1.8 GB.
    pub fn optimize_source(mut self, how: OptimizeSource) -> Self {
        self.settings.optimize = Some(how);
        self
    }

    /// Counts the bytes that are sent. Dropping the future cancels the upload.
    #[doc(alias = "onUploadProgress")]
    pub fn progress(mut self, progress: &Progress) -> Self {
        self.settings.progress = Some(progress.meter());
        self
    }

    fn change(mut self, change: impl FnOnce(Source) -> Source) -> Self {
        self.source = change(self.source);
        self
    }
}

impl UploadMany {
    /// Converts the files to another format before they are stored (default: the originals are stored).
    pub fn optimize_source(mut self, how: OptimizeSource) -> Self {
        self.settings.optimize = Some(how);
        self
    }

    /// Sets whether each stored image is compared with the sent bytes (default: as its source sets); see
    /// [`Source::verify`].
    #[inline]
    pub fn verify(mut self, verify: bool) -> Self {
        let sources = std::mem::take(&mut self.sources).into_iter();
        self.sources = sources.map(|source| source.verify(verify)).collect();
        self
    }

    /// Counts the bytes that are sent. Dropping the future cancels the upload.
    pub fn progress(mut self, progress: &Progress) -> Self {
        self.settings.progress = Some(progress.meter());
        self
    }
}

call!(Upload => SourceImage);

impl Upload {
    /// Checks the options as sending it would.
    #[inline]
    pub(super) fn check(&self) -> Result<()> {
        check(&self.source, &self.settings)
    }

    pub(super) async fn run(self, session: Session) -> Result<SourceImage> {
        let form = UploadForm {
            organization: self.organization,
            sources: vec![self.source],
            settings: self.settings,
        };
        let mut images = form.send(&session).await?;
        images.pop().ok_or_else(|| {
            // `send` returns as many images as there are sources, which is one here.
            Error::new(ErrorKind::Decode, "the response contains no image")
        })
    }
}

call!(UploadMany => Vec<SourceImage>);

impl UploadMany {
    async fn run(self, session: Session) -> Result<Vec<SourceImage>> {
        if self.sources.is_empty() {
            return Ok(Vec::new());
        }
        let form = UploadForm {
            organization: self.organization,
            sources: self.sources,
            settings: self.settings,
        };
        form.send(&session).await
    }
}

#[inline]
fn check(source: &Source, settings: &Settings) -> Result<()> {
    source.check()?;
    if source.verify && settings.optimize.is_some() {
        return Err(Error::invalid(
            "`verify` and `optimize_source` exclude each other: the service stores other bytes than the upload sends",
        ));
    }
    Ok(())
}

/// The form that one call uploads.
struct UploadForm {
    organization: OrganizationName,
    sources: Vec<Source>,
    settings: Settings,
}

impl UploadForm {
    /// Returns the parts of the form in order.
    #[inline]
    fn parts(&mut self) -> Vec<FormPart> {
        let single = self.sources.len() == 1;
        let mut parts = Vec::new();
        for (position, source) in std::mem::take(&mut self.sources).into_iter().enumerate() {
            let fields = source.fields(position);
            if !source.is_url() {
                let name = if single {
                    "filedata".to_owned()
                } else {
                    format!("filedata[{position}]")
                };
                parts.push(FormPart::File(name, Box::new(source)));
            }
            let fields = fields.into_iter();
            parts.extend(fields.map(|(name, value)| FormPart::Text(name, value)));
        }
        if let Some(how) = self.settings.optimize {
            let name = "optimize_source".to_owned();
            parts.push(FormPart::Text(name, how.as_str().to_owned()));
        }
        parts
    }

    async fn send(self, session: &Session) -> Result<Vec<SourceImage>> {
        let secrets: Vec<_> = self.sources.iter().flat_map(Source::secrets).collect();
        self.exchange(session).await.map_err(|error| {
            let secrets: Vec<_> = secrets.iter().map(String::as_str).collect();
            error.redacted(&secrets)
        })
    }

    async fn exchange(mut self, session: &Session) -> Result<Vec<SourceImage>> {
        let imports = self.sources.iter().filter(|source| source.is_url()).count();
        if imports != 0 && imports != self.sources.len() {
            return Err(Error::invalid(
                "files and URLs cannot be uploaded in one call: use one call for the files and one for the URLs",
            ));
        }
        for source in &self.sources {
            check(source, &self.settings)?;
        }
        let sent = self.sources.len();
        let url = format!(
            "{}/sourceimages/{}",
            session.base(),
            self.organization.as_str()
        );
        let policy = RequestPolicy {
            operation: "createSourceImage".into(),
            // The same bytes with the same options result in the same image.
            idempotent: true,
            expected: Expected::Json,
        };
        let patient = session.patient();
        let session = if imports == 0 { session } else { &patient };
        let form = MakeForm::new(url, self.parts(), self.settings.progress, session.counter());
        let delivery = form.delivery();
        let outcome = session.send(Template::Made(Box::new(form)), policy).await;
        let response = session.success(outcome)?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = session.body(response).await?;
        let Some(files) = delivery.files() else {
            return Err(session.refuse(RESPONDED_EARLY.to_owned(), status, headers, &body));
        };
        let list: SourceImageList = session.decode(status, &headers, &body)?;
        if list.items.len() == sent {
            let mut pairs = files.iter().zip(&list.items);
            return match pairs.find_map(|(file, image)| difference(file, image)) {
                Some(error) => Err(session.with_response(error, status, headers, &body)),
                None => Ok(list.items),
            };
        }
        let text = format!("the service stored {} of {sent} images", list.items.len());
        Err(session.refuse(text, status, headers, &body))
    }
}

/// Returns how a stored image differs from the sent file, if that is to be verified.
fn difference(file: &SentFile, image: &SourceImage) -> Option<Error> {
    let expected = file.binary_hash.as_ref()?;
    let (name, stored) = (&image.name, &image.hash);
    let what = format!("the image {name:?}, stored as {stored},");
    if image.binary_hash.is_empty() {
        let text = format!("{what} cannot be verified: the response has no binary hash");
        return Some(Error::new(ErrorKind::Decode, text));
    }
    if !image.binary_hash.eq_ignore_ascii_case(expected) {
        return Some(Error::hash_mismatch(&what, expected, &image.binary_hash));
    }
    let (sent, size) = (file.length, image.size);
    (sent != size).then(|| {
        let text = format!("{what} has {size} bytes, but {sent} were sent");
        Error::new(ErrorKind::HashMismatch, text)
    })
}
