//! Uploads and downloads: sources, forms, files on disk, progress, hashes.

pub(crate) mod binary_hasher;
pub(crate) mod byte_range;
pub(crate) mod channel;
pub(crate) mod content_disposition;
pub(crate) mod content_range;
pub(crate) mod download;
pub(crate) mod file_name;
pub(crate) mod file_reader;
pub(crate) mod file_writer;
pub(crate) mod form;
pub(crate) mod part_stream;
pub(crate) mod received;
pub(crate) mod redacted_url;
pub(crate) mod resume;
pub(crate) mod source;
pub(crate) mod validator;
