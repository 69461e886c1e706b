// Fingerprint of the inputs: b3d0f45fdf747a18.
// Generated from openapi/rokka.json by build.rs; do not edit.
// openapi/README.md describes how to update it.
// Not generated: getAlbum, createSourceImage, renderUploadedImage.

#[allow(unused_imports)]
pub use progenitor_client::{ByteStream, ClientInfo, Error, ResponseValue};
#[allow(unused_imports)]
use progenitor_client::{encode_path, ClientHooks, OperationInfo, RequestBuilderExt};
/// Types used as operation parameters and responses.
#[allow(clippy::all)]
pub mod types {
    /// A member of an administered organization and its keys.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub struct AdminApiKeyItem {
        /// Whether the membership is active.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub active: ::std::option::Option<bool>,
        /// Metadata of the member's keys, without the keys themselves.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub api_keys: ::std::vec::Vec<ApiKey>,
        /// Text for people.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub comment: ::std::option::Option<::std::string::String>,
        /// When the membership was created.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub created: ::std::option::Option<crate::DateTime>,
        /// Name of the organization for people.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub display_name: ::std::option::Option<::std::string::String>,
        /// E-mail address of the member.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub email: ::std::option::Option<::std::string::String>,
        /// When the user last used the organization.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub last_access: ::std::option::Option<crate::DateTime>,
        /// Name of the organization.
        pub organization: ::std::string::String,
        /// Id of the organization (a UUID).
        #[serde(default)]
        pub organization_id: ::std::string::String,
        /// What the user may do.
        #[serde(default)]
        pub roles: ::std::vec::Vec<crate::api::types::Role>,
        /// Id of the member (a UUID).
        pub user_id: ::std::string::String,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// Members and keys of all administered organizations.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub struct AdminApiKeyOverview {
        /// One item per organization and member.
        pub items: ::std::vec::Vec<AdminApiKeyItem>,
        /// Number of items.
        #[serde(default)]
        pub total: u64,
        /// True when there are more than 50 organizations; the others are omitted.
        #[serde(default)]
        pub truncated: bool,
        /// Items that cannot be decoded, with their JSON. The other lists do not contain them.
        #[serde(skip)]
        pub undecodable: ::std::vec::Vec<crate::Undecodable>,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// Images of an album. Depending on the source they are under `items` or under `images`.
    #[derive(::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    pub struct Album {
        /// Name of the album.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub album: ::std::option::Option<::std::string::String>,
        /// The images, in the other known shape.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub images: ::std::vec::Vec<AlbumImage>,
        /// The images, as deployed consumers read them.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub items: ::std::vec::Vec<AlbumImage>,
        /// Number of images.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub total: ::std::option::Option<u64>,
        /// Items that cannot be decoded, with their JSON. The other lists do not contain them.
        #[serde(skip)]
        pub undecodable: ::std::vec::Vec<crate::Undecodable>,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// One image of an album.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    pub struct AlbumImage {
        /// Whether the image is a favourite of the album.
        #[serde(default)]
        #[serde(skip_serializing_if = "crate::lenient::is_false")]
        pub favorite: bool,
        /// Short name of the file format.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub format: ::std::option::Option<::std::string::String>,
        /// Hash of the image.
        pub hash: ::std::string::String,
        /// Media type.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub mimetype: ::std::option::Option<::std::string::String>,
        /// File name.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub name: ::std::option::Option<::std::string::String>,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// Name of an alias: letters, digits and underscores.
    #[derive(::serde::Serialize, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[serde(transparent)]
    #[cfg_attr(feature = "schemars", schemars(extend("pattern" = "^[a-zA-Z0-9_]+$")))]
    pub struct AliasName(::std::string::String);
    impl ::std::ops::Deref for AliasName {
        type Target = ::std::string::String;
        fn deref(&self) -> &::std::string::String {
            &self.0
        }
    }
    impl ::std::convert::From<AliasName> for ::std::string::String {
        fn from(value: AliasName) -> Self {
            value.0
        }
    }
    impl ::std::str::FromStr for AliasName {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            if !crate::pattern::matches(
                value,
                &[
                    &[
                        (
                            &[(b'a', b'z'), (b'A', b'Z'), (b'0', b'9'), (b'_', b'_')],
                            1,
                            usize::MAX,
                        ),
                    ],
                ],
            ) {
                return Err("doesn't match pattern \"^[a-zA-Z0-9_]+$\"".into());
            }
            Ok(Self(value.to_string()))
        }
    }
    impl ::std::convert::TryFrom<&str> for AliasName {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for AliasName {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl<'de> ::serde::Deserialize<'de> for AliasName {
        fn deserialize<D>(deserializer: D) -> ::std::result::Result<Self, D::Error>
        where
            D: ::serde::Deserializer<'de>,
        {
            ::std::string::String::deserialize(deserializer)?
                .parse()
                .map_err(|e: self::error::ConversionError| {
                    <D::Error as ::serde::de::Error>::custom(e.to_string())
                })
        }
    }
    /// Any JSON value.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[serde(transparent)]
    pub struct AnyValue(pub ::serde_json::Value);
    impl ::std::ops::Deref for AnyValue {
        type Target = ::serde_json::Value;
        fn deref(&self) -> &::serde_json::Value {
            &self.0
        }
    }
    impl ::std::convert::From<AnyValue> for ::serde_json::Value {
        fn from(value: AnyValue) -> Self {
            value.0
        }
    }
    impl ::std::convert::From<::serde_json::Value> for AnyValue {
        fn from(value: ::serde_json::Value) -> Self {
            Self(value)
        }
    }
    /// Metadata of an API key; the response to its creation also contains the key itself.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub struct ApiKey {
        /// When the key was last used. Null or missing when unknown.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub accessed: ::std::option::Option<crate::DateTime>,
        /// Addresses and IPv4 networks that may use the key. Empty or missing: any.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub allowed_ips: ::std::vec::Vec<::std::string::String>,
        /// The key itself, 64 characters. Only in the response to its creation.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(skip_serializing)]
        #[serde(default)]
        pub api_key: ::std::option::Option<crate::Secret>,
        /// Text for people.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub comment: ::std::option::Option<::std::string::String>,
        /// When the key was created. Null or missing for keys created before December 2021.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub created: ::std::option::Option<crate::DateTime>,
        /// When the key expires. Null or missing: never.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub expires: ::std::option::Option<crate::DateTime>,
        /// Id of the key (a UUID).
        pub id: ::std::string::String,
        /// Whether the key can only be exchanged for a token, with a code of the second factor.
        #[serde(default)]
        pub requires_mfa: bool,
        /// See [`TotpState`].
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub totp_state: ::std::option::Option<crate::api::types::TotpState>,
        /// Whether the key is declared never to be public and therefore may manage keys even if the user has a public role.
        #[serde(default)]
        pub trusted: bool,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// Properties of a new API key, all optional.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    pub struct ApiKeyDefinition {
        /// Addresses and IPv4 networks that may use the key: at most 10 entries and 10000 addresses; IPv6 as single addresses only. `request_ip` is not supported here.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        #[cfg_attr(feature = "schemars", schemars(extend("maxItems" = 10)))]
        #[serde(deserialize_with = "crate::lenient::or_default")]
        pub allowed_ips: ::std::vec::Vec<::std::string::String>,
        /// Text for people. A string, though the documentation shows an array.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub comment: ::std::option::Option<::std::string::String>,
        /// When the key and every token created from it expire. Default: never.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub expires: ::std::option::Option<crate::DateTime>,
        /// Whether the key can only be exchanged for a token, with a code of the second factor. Default: false.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub requires_mfa: ::std::option::Option<bool>,
        /// Declares that the key never becomes public; it may then manage keys even if the user has a public role. Default: false.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub trusted: ::std::option::Option<bool>,
    }
    /// Changes to an API key: an omitted property stays, null clears it, a value sets it. At least one property is required.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[cfg_attr(feature = "schemars", schemars(extend("minProperties" = 1)))]
    pub struct ApiKeyPatch {
        /// Addresses and IPv4 networks that may use the key: at most 10 entries and 10000 addresses; IPv6 as single addresses only. `request_ip` is not supported here. Null or an empty list clears.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[cfg_attr(feature = "schemars", schemars(extend("maxItems" = 10)))]
        pub allowed_ips: ::std::option::Option<::std::vec::Vec<::std::string::String>>,
        /// When the key and every token created from it expire. Null clears.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub expires: ::std::option::Option<crate::DateTime>,
        /// Whether the key can only be exchanged for a token. Turning it on invalidates all older tokens of the key. Null clears.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub requires_mfa: ::std::option::Option<bool>,
        /// Declares that the key never becomes public. Null clears.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub trusted: ::std::option::Option<bool>,
    }
    /// Resources that the API offers.
    #[derive(::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub struct ApiRoot {
        /// Name of the installation, for example `production`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub environment: ::std::option::Option<::std::string::String>,
        /// Paths of the top-level resources.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub resources: ::std::vec::Vec<::std::string::String>,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// Request for automatic descriptions. Requires a paid plan.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    pub struct AutoDescriptionRequest {
        /// Replace existing texts.
        #[serde(default)]
        #[serde(skip_serializing_if = "crate::lenient::is_false")]
        #[serde(deserialize_with = "crate::lenient::or_default")]
        pub force: bool,
        /// Language codes; English, German, French and Italian (`en`, `de`, `fr`, `it`) are supported.
        pub languages: ::std::vec::Vec<::std::string::String>,
    }
    /// Free-form. Clients expect organization, then month, then `organizations`, `combined` and sometimes `combined_forecast`; each of these contains the positions `storage`, `traffic`, `traffic_external` and `rendering_transactions` with their tiers, and `total`. Prices are Swiss francs with decimals; a range up to 999999999 is open-ended.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[serde(transparent)]
    pub struct Billing(
        pub ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    );
    impl ::std::ops::Deref for Billing {
        type Target = ::serde_json::Map<::std::string::String, ::serde_json::Value>;
        fn deref(
            &self,
        ) -> &::serde_json::Map<::std::string::String, ::serde_json::Value> {
            &self.0
        }
    }
    impl ::std::convert::From<Billing>
    for ::serde_json::Map<::std::string::String, ::serde_json::Value> {
        fn from(value: Billing) -> Self {
            value.0
        }
    }
    impl ::std::convert::From<
        ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    > for Billing {
        fn from(
            value: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
        ) -> Self {
            Self(value)
        }
    }
    /// SHA-1 of the uploaded bytes: 40 lower-case hexadecimal digits.
    #[derive(::serde::Serialize, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[serde(transparent)]
    #[cfg_attr(feature = "schemars", schemars(extend("pattern" = "^[0-9a-f]{40}$")))]
    pub struct BinaryHash(::std::string::String);
    impl ::std::ops::Deref for BinaryHash {
        type Target = ::std::string::String;
        fn deref(&self) -> &::std::string::String {
            &self.0
        }
    }
    impl ::std::convert::From<BinaryHash> for ::std::string::String {
        fn from(value: BinaryHash) -> Self {
            value.0
        }
    }
    impl ::std::str::FromStr for BinaryHash {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            if !crate::pattern::matches(
                value,
                &[&[(&[(b'0', b'9'), (b'a', b'f')], 40, 40)]],
            ) {
                return Err("doesn't match pattern \"^[0-9a-f]{40}$\"".into());
            }
            Ok(Self(value.to_string()))
        }
    }
    impl ::std::convert::TryFrom<&str> for BinaryHash {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for BinaryHash {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl<'de> ::serde::Deserialize<'de> for BinaryHash {
        fn deserialize<D>(deserializer: D) -> ::std::result::Result<Self, D::Error>
        where
            D: ::serde::Deserializer<'de>,
        {
            ::std::string::String::deserialize(deserializer)?
                .parse()
                .map_err(|e: self::error::ConversionError| {
                    <D::Error as ::serde::de::Error>::custom(e.to_string())
                })
        }
    }
    /// Response to a cache invalidation. The fields depend on the operation; it may be `{}`.
    #[derive(::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub struct CacheInvalidation {
        /// Paths of the failed attempt.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub attempted_paths: ::std::vec::Vec<::std::string::String>,
        /// Paths that the CDN was requested to invalidate.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub items: ::std::vec::Vec<::std::string::String>,
        /// Explains what was omitted.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub message: ::std::option::Option<::std::string::String>,
        /// `ok` when the request was accepted.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub status: ::std::option::Option<::std::string::String>,
        /// True when the CDN accepted only a part; repeat the request until it is missing.
        #[serde(default)]
        pub truncated: bool,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// Statements of the file's C2PA manifest about its origin.
    #[derive(::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    pub struct ContentCredentials {
        /// Whether generative software created the image.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub ai_generated: ::std::option::Option<bool>,
        /// IPTC term for the kind of source, a URL.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub digital_source_type: ::std::option::Option<::std::string::String>,
        /// Software or device that made the claim.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub generator: ::std::option::Option<::std::string::String>,
        /// Whether the file has a manifest. Without one, all other fields are missing.
        #[serde(default)]
        #[serde(skip_serializing_if = "crate::lenient::is_false")]
        pub present: bool,
        /// Who signed the manifest.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub signed_by: ::std::option::Option<::std::string::String>,
        /// Result of checking the signature.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub validation_state: ::std::option::Option<::std::string::String>,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// Result of copying several images. Any of the lists may be missing.
    #[derive(::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub struct CopyResult {
        /// Hashes that were copied.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub created: ::std::vec::Vec<::std::string::String>,
        /// Hashes that already exist in the destination.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub existing: ::std::vec::Vec<::std::string::String>,
        /// Hashes that do not exist in this organization.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub notfound: ::std::vec::Vec<::std::string::String>,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// The exact part of an image that crop operations cut out.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    pub struct CropArea {
        /// Height, in pixels of the original or in percent.
        pub height: u64,
        /// Whether the numbers are percent instead of pixels.
        #[serde(default)]
        #[serde(skip_serializing_if = "crate::lenient::is_false")]
        pub percentage: bool,
        /// Width, in pixels of the original or in percent.
        pub width: u64,
        /// Left edge, in pixels of the original or in percent.
        #[serde(default)]
        pub x: i64,
        /// Upper edge, in pixels of the original or in percent.
        #[serde(default)]
        pub y: i64,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// The user that the credentials belong to.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub struct CurrentUser {
        /// Metadata of the user's keys. Missing for users with a public role and in old responses.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub api_keys: ::std::vec::Vec<ApiKey>,
        /// E-mail address. Missing for users with a public role and in old responses.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub email: ::std::option::Option<::std::string::String>,
        /// Id of the user (a UUID).
        pub user_id: ::std::string::String,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    #[derive(::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    /// Metadata that is part of the identity of an image, by kind. See SubjectArea, CropArea, MultiAreas, VersionText, FaceDetection and LinkedHashes; old images may use other keys, such as `SubjectArea`.
    #[serde(transparent)]
    pub struct DynamicMetadata(
        pub ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    );
    impl ::std::ops::Deref for DynamicMetadata {
        type Target = ::serde_json::Map<::std::string::String, ::serde_json::Value>;
        fn deref(
            &self,
        ) -> &::serde_json::Map<::std::string::String, ::serde_json::Value> {
            &self.0
        }
    }
    impl ::std::convert::From<DynamicMetadata>
    for ::serde_json::Map<::std::string::String, ::serde_json::Value> {
        fn from(value: DynamicMetadata) -> Self {
            value.0
        }
    }
    impl ::std::convert::From<
        ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    > for DynamicMetadata {
        fn from(
            value: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
        ) -> Self {
            Self(value)
        }
    }
    /// Dynamic metadata to set during the upload, by kind.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    pub struct DynamicMetadataDefinition {
        /// See [`CropArea`].
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub crop_area: ::std::option::Option<CropArea>,
        /// See [`FaceDetection`].
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub detection_face: ::std::option::Option<FaceDetection>,
        /// See [`LinkedHashes`].
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub linked: ::std::option::Option<LinkedHashes>,
        /// See [`MultiAreas`].
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub multi_areas: ::std::option::Option<MultiAreas>,
        /// See [`SubjectArea`].
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub subject_area: ::std::option::Option<SubjectArea>,
        /// See [`VersionText`].
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub version: ::std::option::Option<VersionText>,
    }
    /// Kind of dynamic metadata: letters and underscores.
    #[derive(::serde::Serialize, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[serde(transparent)]
    #[cfg_attr(feature = "schemars", schemars(extend("pattern" = "^[a-zA-Z_]+$")))]
    pub struct DynamicMetadataName(::std::string::String);
    impl ::std::ops::Deref for DynamicMetadataName {
        type Target = ::std::string::String;
        fn deref(&self) -> &::std::string::String {
            &self.0
        }
    }
    impl ::std::convert::From<DynamicMetadataName> for ::std::string::String {
        fn from(value: DynamicMetadataName) -> Self {
            value.0
        }
    }
    impl ::std::str::FromStr for DynamicMetadataName {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            if !crate::pattern::matches(
                value,
                &[&[(&[(b'a', b'z'), (b'A', b'Z'), (b'_', b'_')], 1, usize::MAX)]],
            ) {
                return Err("doesn't match pattern \"^[a-zA-Z_]+$\"".into());
            }
            Ok(Self(value.to_string()))
        }
    }
    impl ::std::convert::TryFrom<&str> for DynamicMetadataName {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for DynamicMetadataName {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl<'de> ::serde::Deserialize<'de> for DynamicMetadataName {
        fn deserialize<D>(deserializer: D) -> ::std::result::Result<Self, D::Error>
        where
            D: ::serde::Deserializer<'de>,
        {
            ::std::string::String::deserialize(deserializer)?
                .parse()
                .map_err(|e: self::error::ConversionError| {
                    <D::Error as ::serde::de::Error>::custom(e.to_string())
                })
        }
    }
    /// One kind of dynamic metadata; its fields depend on the kind. See SubjectArea, CropArea, MultiAreas, VersionText, FaceDetection and LinkedHashes.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[serde(transparent)]
    pub struct DynamicMetadataValue(
        pub ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    );
    impl ::std::ops::Deref for DynamicMetadataValue {
        type Target = ::serde_json::Map<::std::string::String, ::serde_json::Value>;
        fn deref(
            &self,
        ) -> &::serde_json::Map<::std::string::String, ::serde_json::Value> {
            &self.0
        }
    }
    impl ::std::convert::From<DynamicMetadataValue>
    for ::serde_json::Map<::std::string::String, ::serde_json::Value> {
        fn from(value: DynamicMetadataValue) -> Self {
            value.0
        }
    }
    impl ::std::convert::From<
        ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    > for DynamicMetadataValue {
        fn from(
            value: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
        ) -> Self {
            Self(value)
        }
    }
    /// Starts face detection when sent as an empty object; the service fills in the result and adds `detection_eyemouth`. Requires a paid plan.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[serde(transparent)]
    pub struct FaceDetection(
        pub ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    );
    impl ::std::ops::Deref for FaceDetection {
        type Target = ::serde_json::Map<::std::string::String, ::serde_json::Value>;
        fn deref(
            &self,
        ) -> &::serde_json::Map<::std::string::String, ::serde_json::Value> {
            &self.0
        }
    }
    impl ::std::convert::From<FaceDetection>
    for ::serde_json::Map<::std::string::String, ::serde_json::Value> {
        fn from(value: FaceDetection) -> Self {
            value.0
        }
    }
    impl ::std::convert::From<
        ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    > for FaceDetection {
        fn from(
            value: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
        ) -> Self {
            Self(value)
        }
    }
    /// A value of a field and its number of occurrences.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub struct FacetCount {
        /// Number of images with this value.
        pub count: u64,
        /// The value.
        pub value: ::std::string::String,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    #[derive(::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    /// Occurrences of each value among all matches, by field. Present only for requested facets.
    #[serde(transparent)]
    pub struct FacetCounts(
        pub ::std::collections::BTreeMap<
            ::std::string::String,
            ::std::vec::Vec<FacetCount>,
        >,
    );
    impl ::std::ops::Deref for FacetCounts {
        type Target = ::std::collections::BTreeMap<
            ::std::string::String,
            ::std::vec::Vec<FacetCount>,
        >;
        fn deref(
            &self,
        ) -> &::std::collections::BTreeMap<
            ::std::string::String,
            ::std::vec::Vec<FacetCount>,
        > {
            &self.0
        }
    }
    impl ::std::convert::From<FacetCounts>
    for ::std::collections::BTreeMap<
        ::std::string::String,
        ::std::vec::Vec<FacetCount>,
    > {
        fn from(value: FacetCounts) -> Self {
            value.0
        }
    }
    impl ::std::convert::From<
        ::std::collections::BTreeMap<::std::string::String, ::std::vec::Vec<FacetCount>>,
    > for FacetCounts {
        fn from(
            value: ::std::collections::BTreeMap<
                ::std::string::String,
                ::std::vec::Vec<FacetCount>,
            >,
        ) -> Self {
            Self(value)
        }
    }
    /// Hash of a source image: 6 to 40 hexadecimal digits; a short hash works like the full one.
    #[derive(::serde::Serialize, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[serde(transparent)]
    #[cfg_attr(
        feature = "schemars",
        schemars(extend("pattern" = "^[0-9a-fA-F]{6,40}$"))
    )]
    pub struct ImageHash(::std::string::String);
    impl ::std::ops::Deref for ImageHash {
        type Target = ::std::string::String;
        fn deref(&self) -> &::std::string::String {
            &self.0
        }
    }
    impl ::std::convert::From<ImageHash> for ::std::string::String {
        fn from(value: ImageHash) -> Self {
            value.0
        }
    }
    impl ::std::str::FromStr for ImageHash {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            if !crate::pattern::matches(
                value,
                &[&[(&[(b'0', b'9'), (b'a', b'f'), (b'A', b'F')], 6, 40)]],
            ) {
                return Err("doesn't match pattern \"^[0-9a-fA-F]{6,40}$\"".into());
            }
            Ok(Self(value.to_string()))
        }
    }
    impl ::std::convert::TryFrom<&str> for ImageHash {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for ImageHash {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl<'de> ::serde::Deserialize<'de> for ImageHash {
        fn deserialize<D>(deserializer: D) -> ::std::result::Result<Self, D::Error>
        where
            D: ::serde::Deserializer<'de>,
        {
            ::std::string::String::deserialize(deserializer)?
                .parse()
                .map_err(|e: self::error::ConversionError| {
                    <D::Error as ::serde::de::Error>::custom(e.to_string())
                })
        }
    }
    /// Id of an API key: a UUID.
    #[derive(::serde::Serialize, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[serde(transparent)]
    #[cfg_attr(
        feature = "schemars",
        schemars(
            extend(
                "pattern" = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"
            )
        )
    )]
    pub struct KeyId(::std::string::String);
    impl ::std::ops::Deref for KeyId {
        type Target = ::std::string::String;
        fn deref(&self) -> &::std::string::String {
            &self.0
        }
    }
    impl ::std::convert::From<KeyId> for ::std::string::String {
        fn from(value: KeyId) -> Self {
            value.0
        }
    }
    impl ::std::str::FromStr for KeyId {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            if !crate::pattern::matches(
                value,
                &[
                    &[
                        (&[(b'0', b'9'), (b'a', b'f'), (b'A', b'F')], 8, 8),
                        (&[(b'-', b'-')], 1, 1),
                        (&[(b'0', b'9'), (b'a', b'f'), (b'A', b'F')], 4, 4),
                        (&[(b'-', b'-')], 1, 1),
                        (&[(b'0', b'9'), (b'a', b'f'), (b'A', b'F')], 4, 4),
                        (&[(b'-', b'-')], 1, 1),
                        (&[(b'0', b'9'), (b'a', b'f'), (b'A', b'F')], 4, 4),
                        (&[(b'-', b'-')], 1, 1),
                        (&[(b'0', b'9'), (b'a', b'f'), (b'A', b'F')], 12, 12),
                    ],
                ],
            ) {
                return Err(
                    "doesn't match pattern \"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$\""
                        .into(),
                );
            }
            Ok(Self(value.to_string()))
        }
    }
    impl ::std::convert::TryFrom<&str> for KeyId {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for KeyId {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl<'de> ::serde::Deserialize<'de> for KeyId {
        fn deserialize<D>(deserializer: D) -> ::std::result::Result<Self, D::Error>
        where
            D: ::serde::Deserializer<'de>,
        {
            ::std::string::String::deserialize(deserializer)?
                .parse()
                .map_err(|e: self::error::ConversionError| {
                    <D::Error as ::serde::de::Error>::custom(e.to_string())
                })
        }
    }
    /// Other files that belong to a video, for adaptive streaming.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    pub struct LinkedHashes {
        /// Hashes of those files.
        pub hashes: ::std::vec::Vec<::std::string::String>,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// `ListSourceImagesOperator`
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Copy,
        Debug,
        Eq,
        Hash,
        Ord,
        PartialEq,
        PartialOrd
    )]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    pub enum ListSourceImagesOperator {
        /// `Or`.
        #[serde(rename = "or")]
        Or,
    }
    impl ::std::fmt::Display for ListSourceImagesOperator {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            match *self {
                Self::Or => f.write_str("or"),
            }
        }
    }
    impl ::std::str::FromStr for ListSourceImagesOperator {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            match value {
                "or" => Ok(Self::Or),
                _ => Err("invalid value".into()),
            }
        }
    }
    impl ::std::convert::TryFrom<&str> for ListSourceImagesOperator {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for ListSourceImagesOperator {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    /// A user to create as a member.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    pub struct MemberDefinition {
        /// See [`ApiKeyDefinition`].
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub api_key: ::std::option::Option<ApiKeyDefinition>,
        /// Text for people.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub comment: ::std::option::Option<::std::string::String>,
        /// Complete list of the user's roles, at least one.
        #[cfg_attr(feature = "schemars", schemars(extend("minItems" = 1)))]
        pub roles: ::std::vec::Vec<crate::api::types::Role>,
    }
    /// Membership of a user in an organization.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub struct Membership {
        /// Whether the membership is active. Missing in a documented response to creation.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub active: ::std::option::Option<bool>,
        /// Key of the new user. Only in the response of `createMembershipAndUser`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(skip_serializing)]
        #[serde(default)]
        pub api_key: ::std::option::Option<crate::Secret>,
        /// Text for people.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub comment: ::std::option::Option<::std::string::String>,
        /// When the membership was created.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub created: ::std::option::Option<crate::DateTime>,
        /// E-mail address of the user.
        #[serde(default)]
        pub email: ::std::string::String,
        /// When the user last used the organization.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub last_access: ::std::option::Option<crate::DateTime>,
        /// Id of the organization (a UUID).
        #[serde(default)]
        pub organization_id: ::std::string::String,
        /// What the user may do.
        #[serde(default)]
        pub roles: ::std::vec::Vec<crate::api::types::Role>,
        /// Id of the user (a UUID).
        pub user_id: ::std::string::String,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// Roles of a user; send `roles` or `role`.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    pub struct MembershipDefinition {
        /// Text for people.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub comment: ::std::option::Option<::std::string::String>,
        /// See [`Role`].
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub role: ::std::option::Option<crate::api::types::Role>,
        /// Complete list of the user's roles, at least one.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        #[cfg_attr(feature = "schemars", schemars(extend("minItems" = 1)))]
        #[serde(deserialize_with = "crate::lenient::or_default")]
        pub roles: ::std::vec::Vec<crate::api::types::Role>,
    }
    /// Members of an organization.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub struct MembershipList {
        /// The members.
        pub items: ::std::vec::Vec<Membership>,
        /// Number of members.
        #[serde(default)]
        pub total: u64,
        /// Items that cannot be decoded, with their JSON. The other lists do not contain them.
        #[serde(skip)]
        pub undecodable: ::std::vec::Vec<crate::Undecodable>,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// One named area: a crop area or a subject area.
    #[derive(::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    pub struct MultiArea {
        /// See [`CropArea`].
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub crop_area: ::std::option::Option<CropArea>,
        /// See [`SubjectArea`].
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub subject_area: ::std::option::Option<SubjectArea>,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// Areas by name (letters, digits and underscores), selected by the option `area` of the operation `crop`.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[serde(transparent)]
    pub struct MultiAreas(
        pub ::std::collections::BTreeMap<::std::string::String, MultiArea>,
    );
    impl ::std::ops::Deref for MultiAreas {
        type Target = ::std::collections::BTreeMap<::std::string::String, MultiArea>;
        fn deref(
            &self,
        ) -> &::std::collections::BTreeMap<::std::string::String, MultiArea> {
            &self.0
        }
    }
    impl ::std::convert::From<MultiAreas>
    for ::std::collections::BTreeMap<::std::string::String, MultiArea> {
        fn from(value: MultiAreas) -> Self {
            value.0
        }
    }
    impl ::std::convert::From<
        ::std::collections::BTreeMap<::std::string::String, MultiArea>,
    > for MultiAreas {
        fn from(
            value: ::std::collections::BTreeMap<::std::string::String, MultiArea>,
        ) -> Self {
            Self(value)
        }
    }
    /// A user that was just created.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub struct NewUser {
        /// The first API key. It is shown only here.
        #[serde(skip_serializing)]
        pub api_key: crate::Secret,
        /// E-mail address.
        #[serde(default)]
        pub email: ::std::string::String,
        /// Id of the user (a UUID), called `user_id` elsewhere.
        #[serde(default)]
        pub id: ::std::string::String,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// Operations by name.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[serde(transparent)]
    pub struct OperationCatalogue(
        pub ::std::collections::BTreeMap<::std::string::String, OperationDescription>,
    );
    impl ::std::ops::Deref for OperationCatalogue {
        type Target = ::std::collections::BTreeMap<
            ::std::string::String,
            OperationDescription,
        >;
        fn deref(
            &self,
        ) -> &::std::collections::BTreeMap<::std::string::String, OperationDescription> {
            &self.0
        }
    }
    impl ::std::convert::From<OperationCatalogue>
    for ::std::collections::BTreeMap<::std::string::String, OperationDescription> {
        fn from(value: OperationCatalogue) -> Self {
            value.0
        }
    }
    impl ::std::convert::From<
        ::std::collections::BTreeMap<::std::string::String, OperationDescription>,
    > for OperationCatalogue {
        fn from(
            value: ::std::collections::BTreeMap<
                ::std::string::String,
                OperationDescription,
            >,
        ) -> Self {
            Self(value)
        }
    }
    /// Options that an operation accepts.
    #[derive(::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub struct OperationDescription {
        /// Explanation by the service; mostly empty.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub description: ::std::option::Option<::std::string::String>,
        /// Options of which at least one is required: width or height of `resize`.
        #[serde(
            rename = "oneOf",
            default,
            skip_serializing_if = "::std::vec::Vec::is_empty"
        )]
        pub one_of: ::std::vec::Vec<::std::string::String>,
        /// See [`OperationProperties`].
        #[serde(default)]
        pub properties: OperationProperties,
        /// Required options.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub required: ::std::vec::Vec<::std::string::String>,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// Expressions by the name of the option that they compute, for example `{"width": "$w"}`. They take precedence over `options` of the same name.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[serde(untagged)]
    pub enum OperationExpressions {
        /// `Object`.
        Object(::serde_json::Map<::std::string::String, ::serde_json::Value>),
        /// `Array`.
        Array(::std::vec::Vec<::serde_json::Value>),
    }
    impl ::std::convert::From<
        ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    > for OperationExpressions {
        fn from(
            value: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
        ) -> Self {
            Self::Object(value)
        }
    }
    impl ::std::convert::From<::std::vec::Vec<::serde_json::Value>>
    for OperationExpressions {
        fn from(value: ::std::vec::Vec<::serde_json::Value>) -> Self {
            Self::Array(value)
        }
    }
    #[derive(::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    /// Options of an operation by name; see `listOperations` for names, types and ranges. Numbers may arrive as strings.
    #[serde(transparent)]
    pub struct OperationOptions(
        pub ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    );
    impl ::std::ops::Deref for OperationOptions {
        type Target = ::serde_json::Map<::std::string::String, ::serde_json::Value>;
        fn deref(
            &self,
        ) -> &::serde_json::Map<::std::string::String, ::serde_json::Value> {
            &self.0
        }
    }
    impl ::std::convert::From<OperationOptions>
    for ::serde_json::Map<::std::string::String, ::serde_json::Value> {
        fn from(value: OperationOptions) -> Self {
            value.0
        }
    }
    impl ::std::convert::From<
        ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    > for OperationOptions {
        fn from(
            value: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
        ) -> Self {
            Self(value)
        }
    }
    #[derive(::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    /// Options of an operation by name.
    #[serde(transparent)]
    pub struct OperationProperties(
        pub ::std::collections::BTreeMap<::std::string::String, OperationProperty>,
    );
    impl ::std::ops::Deref for OperationProperties {
        type Target = ::std::collections::BTreeMap<
            ::std::string::String,
            OperationProperty,
        >;
        fn deref(
            &self,
        ) -> &::std::collections::BTreeMap<::std::string::String, OperationProperty> {
            &self.0
        }
    }
    impl ::std::convert::From<OperationProperties>
    for ::std::collections::BTreeMap<::std::string::String, OperationProperty> {
        fn from(value: OperationProperties) -> Self {
            value.0
        }
    }
    impl ::std::convert::From<
        ::std::collections::BTreeMap<::std::string::String, OperationProperty>,
    > for OperationProperties {
        fn from(
            value: ::std::collections::BTreeMap<::std::string::String, OperationProperty>,
        ) -> Self {
            Self(value)
        }
    }
    /// An option of an operation.
    #[derive(::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub struct OperationProperty {
        /// See [`AnyValue`].
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub default: ::std::option::Option<AnyValue>,
        /// Explanation by the service; often missing.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub description: ::std::option::Option<::std::string::String>,
        /// Largest number allowed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub maximum: ::std::option::Option<f64>,
        /// Smallest number allowed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub minimum: ::std::option::Option<f64>,
        /// Regular expression that a string must match, not always anchored.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub pattern: ::std::option::Option<::std::string::String>,
        /// See [`ValueType`].
        #[serde(rename = "type", skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub type_: ::std::option::Option<ValueType>,
        /// The values allowed, when there is a fixed list.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub values: ::std::vec::Vec<AnyValue>,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// An organization.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub struct Organization {
        /// Billing address. May be hidden from roles with few rights.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub billing_email: ::std::option::Option<::std::string::String>,
        /// When the organization was created.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub created: ::std::option::Option<crate::DateTime>,
        /// Name for people.
        #[serde(default)]
        pub display_name: ::std::string::String,
        /// Id of the organization (a UUID).
        #[serde(default)]
        pub id: ::std::string::String,
        /// See [`OrganizationLimit`].
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub limit: ::std::option::Option<OrganizationLimit>,
        /// Organization that pays; the organization's own name if it is not a sub-organization.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub master_organization: ::std::option::Option<::std::string::String>,
        /// Name in URLs.
        pub name: ::std::string::String,
        /// See [`OrganizationOptions`].
        #[serde(default)]
        pub options: OrganizationOptions,
        /// Keys that sign render URLs; the first one is in use. Visible to admins only.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub signing_keys: ::std::vec::Vec<SigningKey>,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// An organization to create.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    pub struct OrganizationDefinition {
        /// Billing address.
        #[cfg_attr(feature = "schemars", schemars(extend("format" = "email")))]
        pub billing_email: ::std::string::String,
        /// Name for people.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub display_name: ::std::option::Option<::std::string::String>,
        /// See [`OrganizationName`].
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub master_organization: ::std::option::Option<OrganizationName>,
    }
    /// Limits of an organization. Only in old responses.
    #[derive(::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub struct OrganizationLimit {
        /// Storage in bytes.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub space_in_bytes: ::std::option::Option<u64>,
        /// Traffic in bytes.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub traffic_in_bytes: ::std::option::Option<u64>,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// Name of an organization: lower-case letters, digits and dashes.
    #[derive(::serde::Serialize, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[serde(transparent)]
    #[cfg_attr(feature = "schemars", schemars(extend("pattern" = "^[0-9a-z-]+$")))]
    pub struct OrganizationName(::std::string::String);
    impl ::std::ops::Deref for OrganizationName {
        type Target = ::std::string::String;
        fn deref(&self) -> &::std::string::String {
            &self.0
        }
    }
    impl ::std::convert::From<OrganizationName> for ::std::string::String {
        fn from(value: OrganizationName) -> Self {
            value.0
        }
    }
    impl ::std::str::FromStr for OrganizationName {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            if !crate::pattern::matches(
                value,
                &[&[(&[(b'0', b'9'), (b'a', b'z'), (b'-', b'-')], 1, usize::MAX)]],
            ) {
                return Err("doesn't match pattern \"^[0-9a-z-]+$\"".into());
            }
            Ok(Self(value.to_string()))
        }
    }
    impl ::std::convert::TryFrom<&str> for OrganizationName {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for OrganizationName {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl<'de> ::serde::Deserialize<'de> for OrganizationName {
        fn deserialize<D>(deserializer: D) -> ::std::result::Result<Self, D::Error>
        where
            D: ::serde::Deserializer<'de>,
        {
            ::std::string::String::deserialize(deserializer)?
                .parse()
                .map_err(|e: self::error::ConversionError| {
                    <D::Error as ::serde::de::Error>::custom(e.to_string())
                })
        }
    }
    /// Name of an option of an organization. Known: `remote_basepath`, `remote_fullurl_allow`, `remote_fullurl_whitelist`, `protect_dynamic_stack`, `render_org_fallback`.
    #[derive(::serde::Serialize, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[serde(transparent)]
    #[cfg_attr(feature = "schemars", schemars(extend("pattern" = "^[A-Za-z0-9_-]+$")))]
    pub struct OrganizationOptionName(::std::string::String);
    impl ::std::ops::Deref for OrganizationOptionName {
        type Target = ::std::string::String;
        fn deref(&self) -> &::std::string::String {
            &self.0
        }
    }
    impl ::std::convert::From<OrganizationOptionName> for ::std::string::String {
        fn from(value: OrganizationOptionName) -> Self {
            value.0
        }
    }
    impl ::std::str::FromStr for OrganizationOptionName {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            if !crate::pattern::matches(
                value,
                &[
                    &[
                        (
                            &[
                                (b'A', b'Z'),
                                (b'a', b'z'),
                                (b'0', b'9'),
                                (b'_', b'_'),
                                (b'-', b'-'),
                            ],
                            1,
                            usize::MAX,
                        ),
                    ],
                ],
            ) {
                return Err("doesn't match pattern \"^[A-Za-z0-9_-]+$\"".into());
            }
            Ok(Self(value.to_string()))
        }
    }
    impl ::std::convert::TryFrom<&str> for OrganizationOptionName {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for OrganizationOptionName {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl<'de> ::serde::Deserialize<'de> for OrganizationOptionName {
        fn deserialize<D>(deserializer: D) -> ::std::result::Result<Self, D::Error>
        where
            D: ::serde::Deserializer<'de>,
        {
            ::std::string::String::deserialize(deserializer)?
                .parse()
                .map_err(|e: self::error::ConversionError| {
                    <D::Error as ::serde::de::Error>::custom(e.to_string())
                })
        }
    }
    /// Options of an organization.
    #[derive(::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub struct OrganizationOptions {
        /// Whether the stack `dynamic` (and IIIF) requires signed URLs.
        #[serde(default)]
        pub protect_dynamic_stack: bool,
        /// Prefix of the URLs that remote images are fetched from; starts with `http://` or `https://`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub remote_basepath: ::std::option::Option<::std::string::String>,
        /// Whether render URLs may contain the full URL of a remote image.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub remote_fullurl_allow: ::std::option::Option<bool>,
        /// Regular expressions; only remote URLs that match one are fetched. Null means no limit.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub remote_fullurl_whitelist: ::std::option::Option<
            ::std::vec::Vec<::std::string::String>,
        >,
        /// Organization whose images are rendered when this one has no image of that hash. The caller must be an admin of both.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub render_org_fallback: ::std::option::Option<::std::string::String>,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// Options of an organization to set, any subset.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    pub struct OrganizationOptionsDefinition {
        /// Whether the stack `dynamic` (and IIIF) requires signed URLs.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub protect_dynamic_stack: ::std::option::Option<bool>,
        /// Prefix of the URLs that remote images are fetched from; starts with `http://` or `https://`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub remote_basepath: ::std::option::Option<::std::string::String>,
        /// Whether render URLs may contain the full URL of a remote image.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub remote_fullurl_allow: ::std::option::Option<bool>,
        /// Regular expressions; only remote URLs that match one are fetched. Null means no limit.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub remote_fullurl_whitelist: ::std::option::Option<
            ::std::vec::Vec<::std::string::String>,
        >,
        /// Organization whose images are rendered when this one has no image of that hash. The caller must be an admin of both.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub render_org_fallback: ::std::option::Option<::std::string::String>,
    }
    /// Address of a page.
    #[derive(::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub struct PageLink {
        /// Relative URL of the page.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub href: ::std::option::Option<::std::string::String>,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// Adjacent pages; an object without keys when there are none. Build the URL from your own parameters and use only the `offset` from here: the links may lack filters.
    #[derive(::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub struct PageLinks {
        /// See [`PageLink`].
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub next: ::std::option::Option<PageLink>,
        /// See [`PageLink`].
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub prev: ::std::option::Option<PageLink>,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// A URL to sign.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    pub struct SignUrlRequest {
        /// Round the expiry up to a multiple of this many seconds, so that caches see fewer different URLs. One client spells it `roundDateUpTo`.
        #[serde(default = "defaults::default_nzu64::<::std::num::NonZeroU64, 300>")]
        pub round_date_up_to: ::std::num::NonZeroU64,
        /// When the signature expires; without it, never. Not every source documents this field.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub until: ::std::option::Option<crate::DateTime>,
        /// Render URL of a rokka host.
        pub url: ::std::string::String,
    }
    /// A signed render URL.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub struct SignedUrl {
        /// The URL of the request.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub original_url: ::std::option::Option<::std::string::String>,
        /// The URL with its signature.
        pub signed_url: ::std::string::String,
        /// When the signature expires.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub until: ::std::option::Option<crate::DateTime>,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// A key that signs render URLs. Only the service's support can add or remove one.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub struct SigningKey {
        /// When it was last used.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub accessed: ::std::option::Option<crate::DateTime>,
        /// When it was created.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub created: ::std::option::Option<crate::DateTime>,
        /// The key. Keep it secret.
        #[serde(skip_serializing)]
        pub key: crate::Secret,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// A stored original with its metadata. `hash` identifies the bytes together with dynamic metadata and protection.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub struct SourceImage {
        /// Whether the image has several frames.
        #[serde(default)]
        pub animated: bool,
        /// SHA-1 of the uploaded bytes, even if the service optimised them before storing.
        #[serde(default)]
        pub binary_hash: ::std::string::String,
        /// When the image was stored.
        #[serde(default)]
        pub created: crate::DateTime,
        /// Whether the image is deleted. Missing means false.
        #[serde(default)]
        pub deleted: bool,
        /// When the image was deleted.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub deleted_date: ::std::option::Option<crate::DateTime>,
        /// See [`DynamicMetadata`].
        #[serde(default)]
        pub dynamic_metadata: DynamicMetadata,
        /// Measure of the detail in the image.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub entropy: ::std::option::Option<f64>,
        /// Short name of the file format, for example `jpg`, `png`, `svg` or `mp4`.
        #[serde(default)]
        pub format: ::std::string::String,
        /// Identity of the image within its organization: 40 hexadecimal digits.
        pub hash: ::std::string::String,
        /// Height in pixels; 0 when the file has no pixel size.
        #[serde(default)]
        pub height: u64,
        /// Path of this image. Missing after a restore and after changes of dynamic metadata.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub link: ::std::option::Option<::std::string::String>,
        /// Whether the image is locked: it cannot be deleted and its user metadata cannot be changed.
        #[serde(default)]
        pub locked: bool,
        /// Media type that the service detected. May differ from the extension of `name`. Missing in some lists.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub mimetype: ::std::option::Option<::std::string::String>,
        /// File name. Chosen by the uploader: ignore any directory in it.
        #[serde(default)]
        pub name: ::std::string::String,
        /// Whether the image has no transparent part.
        #[serde(default)]
        pub opaque: bool,
        /// Organization that owns the image. Missing for some videos.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub organization: ::std::option::Option<::std::string::String>,
        /// Whether renderings need a signed URL.
        #[serde(default)]
        pub protected: bool,
        /// Short form of the hash, 6 digits or more. Usually, but not necessarily, a prefix of `hash`.
        #[serde(default)]
        pub short_hash: ::std::string::String,
        /// Size of the file in bytes. May exceed 32 bits.
        #[serde(default)]
        pub size: u64,
        /// See [`StaticMetadata`].
        #[serde(default)]
        pub static_metadata: StaticMetadata,
        /// See [`UserMetadata`].
        #[serde(default)]
        pub user_metadata: UserMetadata,
        /// Width in pixels; 0 when the file has no pixel size.
        #[serde(default)]
        pub width: u64,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// A name that points to a source image.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub struct SourceImageAlias {
        /// Name of the alias.
        #[serde(default)]
        pub alias: ::std::string::String,
        /// When the alias was created. Usually missing.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub created: ::std::option::Option<crate::DateTime>,
        /// Hash of the image it points to.
        pub hash: ::std::string::String,
        /// Organization that owns the alias.
        #[serde(default)]
        pub organization: ::std::string::String,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// Target of an alias.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    pub struct SourceImageAliasDefinition {
        /// See [`ImageHash`].
        pub hash: ImageHash,
    }
    /// One page of source images.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub struct SourceImageList {
        /// Pass it as `offset` to get the next page. Its presence does not guarantee one. Missing after uploads and look-ups by binary hash.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub cursor: ::std::option::Option<::std::string::String>,
        /// See [`FacetCounts`].
        #[serde(default)]
        pub facets: FacetCounts,
        /// The images of this page.
        pub items: ::std::vec::Vec<SourceImage>,
        /// See [`PageLinks`].
        #[serde(default)]
        pub links: PageLinks,
        /// Number of all matches, on this and other pages.
        #[serde(default)]
        pub total: u64,
        /// Items that cannot be decoded, with their JSON. The other lists do not contain them.
        #[serde(skip)]
        pub undecodable: ::std::vec::Vec<crate::Undecodable>,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// Options of an image to store.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    pub struct SourceImageOptions {
        /// Whether renderings require a signed URL.
        #[serde(default)]
        #[serde(skip_serializing_if = "crate::lenient::is_false")]
        #[serde(deserialize_with = "crate::lenient::or_default")]
        pub protected: bool,
        /// Known from clients only; its meaning is not documented.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub visual_binaryhash: ::std::option::Option<bool>,
    }
    /// A stored stack.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub struct Stack {
        /// When the stack was created.
        #[serde(default)]
        pub created: crate::DateTime,
        /// Text for people.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub description: ::std::option::Option<::std::string::String>,
        /// Path of the stack on this API. Missing right after creation.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub link: ::std::option::Option<::std::string::String>,
        /// Name of the stack.
        pub name: ::std::string::String,
        /// Name of the organization.
        #[serde(default)]
        pub organization: ::std::string::String,
        /// Expressions that change options or variables.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub stack_expressions: ::std::vec::Vec<StackExpression>,
        /// Steps in the order of execution. Missing in some old lists.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub stack_operations: ::std::vec::Vec<StackOperation>,
        /// See [`StackOptionValues`].
        #[serde(default)]
        pub stack_options: StackOptionValues,
        /// See [`StackVariableValues`].
        #[serde(default)]
        pub stack_variables: crate::api::types::StackVariableValues,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// Definition of a stack. The field names differ from those in responses (`stack_operations` and so on); the service accepts both, except for variables.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    pub struct StackDefinition {
        /// Text for people.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub description: ::std::option::Option<::std::string::String>,
        /// Expressions that change options or variables.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub expressions: ::std::vec::Vec<StackExpression>,
        /// Steps in the order of execution. May be empty.
        pub operations: ::std::vec::Vec<StackOperation>,
        /// See [`StackOptionValues`].
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub options: ::std::option::Option<StackOptionValues>,
        /// See [`StackVariableValues`].
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub variables: ::std::option::Option<crate::api::types::StackVariableValues>,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// An expression of a stack. Expressions are evaluated in order; every match applies, and the last one wins.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    pub struct StackExpression {
        /// Condition in Symfony's expression language, for example `options.dpr >= 2`, `image.width > 1000` or `request.headers.save_data == 'on'`; `$name` reads a variable.
        pub expression: ::std::string::String,
        /// See [`StackExpressionOverrides`].
        #[serde(default)]
        pub overrides: StackExpressionOverrides,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// What a matching expression changes.
    #[derive(::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    pub struct StackExpressionOverrides {
        /// See [`StackOptionValues`].
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub options: ::std::option::Option<StackOptionValues>,
        /// See [`StackVariableValues`].
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub variables: ::std::option::Option<crate::api::types::StackVariableValues>,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// One page of stacks.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub struct StackList {
        /// Start of the next page; send it as `offset`. Missing on the last page.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub cursor: ::std::option::Option<::std::string::String>,
        /// The stacks.
        pub items: ::std::vec::Vec<Stack>,
        /// Items that cannot be decoded, with their JSON. The other lists do not contain them.
        #[serde(skip)]
        pub undecodable: ::std::vec::Vec<crate::Undecodable>,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// Name of a stack: letters, digits, `-` and `_`. Reserved are `dynamic` and names that start with `_`, except `_preview…`: temporary stacks that are never cached and are deleted after some days.
    #[derive(::serde::Serialize, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[serde(transparent)]
    #[cfg_attr(feature = "schemars", schemars(extend("pattern" = "^[A-Za-z0-9_-]+$")))]
    pub struct StackName(::std::string::String);
    impl ::std::ops::Deref for StackName {
        type Target = ::std::string::String;
        fn deref(&self) -> &::std::string::String {
            &self.0
        }
    }
    impl ::std::convert::From<StackName> for ::std::string::String {
        fn from(value: StackName) -> Self {
            value.0
        }
    }
    impl ::std::str::FromStr for StackName {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            if !crate::pattern::matches(
                value,
                &[
                    &[
                        (
                            &[
                                (b'A', b'Z'),
                                (b'a', b'z'),
                                (b'0', b'9'),
                                (b'_', b'_'),
                                (b'-', b'-'),
                            ],
                            1,
                            usize::MAX,
                        ),
                    ],
                ],
            ) {
                return Err("doesn't match pattern \"^[A-Za-z0-9_-]+$\"".into());
            }
            Ok(Self(value.to_string()))
        }
    }
    impl ::std::convert::TryFrom<&str> for StackName {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for StackName {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl<'de> ::serde::Deserialize<'de> for StackName {
        fn deserialize<D>(deserializer: D) -> ::std::result::Result<Self, D::Error>
        where
            D: ::serde::Deserializer<'de>,
        {
            ::std::string::String::deserialize(deserializer)?
                .parse()
                .map_err(|e: self::error::ConversionError| {
                    <D::Error as ::serde::de::Error>::custom(e.to_string())
                })
        }
    }
    /// Name of a stack, or `*` for all stacks of the organization.
    #[derive(::serde::Serialize, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[serde(transparent)]
    #[cfg_attr(
        feature = "schemars",
        schemars(extend("pattern" = "^([A-Za-z0-9_-]+|\\*)$"))
    )]
    pub struct StackNameOrAll(::std::string::String);
    impl ::std::ops::Deref for StackNameOrAll {
        type Target = ::std::string::String;
        fn deref(&self) -> &::std::string::String {
            &self.0
        }
    }
    impl ::std::convert::From<StackNameOrAll> for ::std::string::String {
        fn from(value: StackNameOrAll) -> Self {
            value.0
        }
    }
    impl ::std::str::FromStr for StackNameOrAll {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            if !crate::pattern::matches(
                value,
                &[
                    &[
                        (
                            &[
                                (b'A', b'Z'),
                                (b'a', b'z'),
                                (b'0', b'9'),
                                (b'_', b'_'),
                                (b'-', b'-'),
                            ],
                            1,
                            usize::MAX,
                        ),
                    ],
                    &[(&[(b'*', b'*')], 1, 1)],
                ],
            ) {
                return Err("doesn't match pattern \"^([A-Za-z0-9_-]+|\\*)$\"".into());
            }
            Ok(Self(value.to_string()))
        }
    }
    impl ::std::convert::TryFrom<&str> for StackNameOrAll {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for StackNameOrAll {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl<'de> ::serde::Deserialize<'de> for StackNameOrAll {
        fn deserialize<D>(deserializer: D) -> ::std::result::Result<Self, D::Error>
        where
            D: ::serde::Deserializer<'de>,
        {
            ::std::string::String::deserialize(deserializer)?
                .parse()
                .map_err(|e: self::error::ConversionError| {
                    <D::Error as ::serde::de::Error>::custom(e.to_string())
                })
        }
    }
    /// One step of a stack.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    pub struct StackOperation {
        /// See [`OperationExpressions`].
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub expressions: ::std::option::Option<OperationExpressions>,
        /// Name of the operation. Known names: `resize`, `crop`, `rotate`, `autorotate`, `dropshadow`, `trim`, `composition`, `blur`, `primitive`, `grayscale`, `sepia`, `modulate`, `alpha`, `glitch`, `addframes`, `circlemask`, `face`, `multiply`, `sharpen`, `svg2bitmap`, `svgdynamic`, `text` and the deprecated `noop`.
        pub name: ::std::string::String,
        /// See [`OperationOptions`].
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub options: ::std::option::Option<OperationOptions>,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// Options that a stack can have.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub struct StackOptionCatalogue {
        /// Options by name.
        pub properties: ::std::collections::BTreeMap<
            ::std::string::String,
            StackOptionProperty,
        >,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// Type of the elements of a list.
    #[derive(::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub struct StackOptionItems {
        /// See [`ValueType`].
        #[serde(rename = "type", skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub type_: ::std::option::Option<ValueType>,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// An option of a stack.
    #[derive(::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub struct StackOptionProperty {
        /// See [`AnyValue`].
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub default: ::std::option::Option<AnyValue>,
        /// Explanation by the service; often missing.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub description: ::std::option::Option<::std::string::String>,
        /// See [`StackOptionItems`].
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub items: ::std::option::Option<StackOptionItems>,
        /// Largest number allowed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub maximum: ::std::option::Option<f64>,
        /// Smallest number of characters allowed.
        #[serde(
            rename = "minLength",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default)]
        pub min_length: ::std::option::Option<u64>,
        /// Smallest number allowed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub minimum: ::std::option::Option<f64>,
        /// Regular expression that a string must match, not always anchored.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub pattern: ::std::option::Option<::std::string::String>,
        /// See [`ValueType`].
        #[serde(rename = "type", skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub type_: ::std::option::Option<ValueType>,
        /// The values allowed, when there is a fixed list.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub values: ::std::vec::Vec<AnyValue>,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    #[derive(::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    /// Options of a stack by name, for example `jpg.quality` (1 to 100, default 80), `autoformat` or `dpr` (1 to 10). Values are booleans, numbers, strings, null or lists of strings; see `listStackOptions`.
    #[serde(transparent)]
    pub struct StackOptionValues(
        pub ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    );
    impl ::std::ops::Deref for StackOptionValues {
        type Target = ::serde_json::Map<::std::string::String, ::serde_json::Value>;
        fn deref(
            &self,
        ) -> &::serde_json::Map<::std::string::String, ::serde_json::Value> {
            &self.0
        }
    }
    impl ::std::convert::From<StackOptionValues>
    for ::serde_json::Map<::std::string::String, ::serde_json::Value> {
        fn from(value: StackOptionValues) -> Self {
            value.0
        }
    }
    impl ::std::convert::From<
        ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    > for StackOptionValues {
        fn from(
            value: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
        ) -> Self {
            Self(value)
        }
    }
    #[derive(::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    /// Metadata that the service read from the file, by block: EXIF, IPTC, XMP, colours, video data, content credentials. Read-only.
    #[serde(transparent)]
    pub struct StaticMetadata(
        pub ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    );
    impl ::std::ops::Deref for StaticMetadata {
        type Target = ::serde_json::Map<::std::string::String, ::serde_json::Value>;
        fn deref(
            &self,
        ) -> &::serde_json::Map<::std::string::String, ::serde_json::Value> {
            &self.0
        }
    }
    impl ::std::convert::From<StaticMetadata>
    for ::serde_json::Map<::std::string::String, ::serde_json::Value> {
        fn from(value: StaticMetadata) -> Self {
            value.0
        }
    }
    impl ::std::convert::From<
        ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    > for StaticMetadata {
        fn from(
            value: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
        ) -> Self {
            Self(value)
        }
    }
    /// Metadata that the service detects while it stores an image.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    pub struct StaticMetadataDefinition {
        /// See [`AutoDescriptionRequest`].
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub auto_description: ::std::option::Option<AutoDescriptionRequest>,
    }
    /// Daily values of an organization, newest first. Days without data are omitted, and a series may be empty.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub struct Stats {
        /// Traffic of rendered images in bytes.
        #[serde(default)]
        pub bytes_downloaded: ::std::vec::Vec<StatsPoint>,
        /// Traffic that counts as external, in bytes. Missing in old responses.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub bytes_downloaded_external: ::std::vec::Vec<StatsPoint>,
        /// Number of source images.
        #[serde(default)]
        pub number_of_files: ::std::vec::Vec<StatsPoint>,
        /// Storage in bytes.
        pub space_in_bytes: ::std::vec::Vec<StatsPoint>,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// Value of one day.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub struct StatsPoint {
        /// Midnight at the start of the day.
        pub timestamp: crate::DateTime,
        /// `Bytes` for storage, null for the other series.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub unit: ::std::option::Option<::std::string::String>,
        /// The value; may have decimals.
        pub value: f64,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// An organization whose usage is billed to another one.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub struct SubOrganization {
        /// Billing address.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub billing_email: ::std::option::Option<::std::string::String>,
        /// When it was created.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub created: ::std::option::Option<crate::DateTime>,
        /// Whether it is disabled. Only with `include_disabled`.
        #[serde(default)]
        pub disabled: bool,
        /// Name for people.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub display_name: ::std::option::Option<::std::string::String>,
        /// Id (a UUID).
        #[serde(default)]
        pub id: ::std::string::String,
        /// Name in URLs.
        pub name: ::std::string::String,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// Sub-organizations of an organization.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub struct SubOrganizationList {
        /// The sub-organizations, sorted by name.
        pub items: ::std::vec::Vec<SubOrganization>,
        /// Its master organization, or its own name if it has none.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub master_organization: ::std::option::Option<::std::string::String>,
        /// The requested organization.
        #[serde(default)]
        pub organization: ::std::string::String,
        /// Number of sub-organizations.
        #[serde(default)]
        pub total: u64,
        /// Items that cannot be decoded, with their JSON. The other lists do not contain them.
        #[serde(skip)]
        pub undecodable: ::std::vec::Vec<crate::Undecodable>,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// The most important part of an image; cropping with the anchor `auto` centres on it. Takes precedence over a crop area.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    pub struct SubjectArea {
        /// Height, in pixels of the original or in percent.
        #[serde(default = "defaults::default_u64::<u64, 1>")]
        pub height: u64,
        /// Whether the numbers are percent instead of pixels.
        #[serde(default)]
        #[serde(skip_serializing_if = "crate::lenient::is_false")]
        pub percentage: bool,
        /// Width, in pixels of the original or in percent.
        #[serde(default = "defaults::default_u64::<u64, 1>")]
        pub width: u64,
        /// Left edge, in pixels of the original or in percent.
        #[serde(default)]
        pub x: i64,
        /// Upper edge, in pixels of the original or in percent.
        #[serde(default)]
        pub y: i64,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// A short-lived token and its payload.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub struct Token {
        /// See [`TokenPayload`].
        pub payload: TokenPayload,
        /// The token (a JSON Web Token), sent as `Authorization: Bearer`.
        #[serde(skip_serializing)]
        pub token: crate::Secret,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// Payload of a token.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub struct TokenPayload {
        /// When the token expires: Unix time in seconds.
        pub exp: u64,
        /// Lifetime in seconds that was set at creation; refreshed tokens cannot exceed it.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub expt: ::std::option::Option<u64>,
        /// Id of the user (a UUID).
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub id: ::std::option::Option<::std::string::String>,
        /// Addresses and networks that may use the token. Empty or missing: any.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub ips: ::std::vec::Vec<::std::string::String>,
        /// Whether the token was created with a code of the second factor; a refresh keeps it.
        #[serde(default)]
        pub mfa: bool,
        /// Whether the token can be refreshed.
        #[serde(default)]
        pub rn: bool,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// A code of the second factor.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    pub struct TotpCode {
        /// The current code of the authenticator app, a string of digits. Each code works once.
        #[serde(serialize_with = "crate::secret::reveal")]
        pub totp: crate::Secret,
    }
    /// A pending second factor.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub struct TotpSetup {
        /// The same as a URI (`otpauth://totp/…`), for a QR code.
        #[serde(skip_serializing)]
        pub provisioning_uri: crate::Secret,
        /// Secret for an authenticator app. It is shown only here.
        #[serde(skip_serializing)]
        pub secret: crate::Secret,
        /// See [`TotpState`].
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub state: ::std::option::Option<crate::api::types::TotpState>,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// State of the second factor of a user.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub struct TotpStatus {
        /// When it was activated.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub confirmed: ::std::option::Option<crate::DateTime>,
        /// See [`TotpState`].
        pub state: crate::api::types::TotpState,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// The new user.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    pub struct UserDefinition {
        /// E-mail address of the user.
        #[cfg_attr(feature = "schemars", schemars(extend("format" = "email")))]
        pub email: ::std::string::String,
        /// See [`OrganizationName`].
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub organization: ::std::option::Option<OrganizationName>,
    }
    /// Id of a user: a UUID.
    #[derive(::serde::Serialize, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[serde(transparent)]
    #[cfg_attr(
        feature = "schemars",
        schemars(
            extend(
                "pattern" = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"
            )
        )
    )]
    pub struct UserId(::std::string::String);
    impl ::std::ops::Deref for UserId {
        type Target = ::std::string::String;
        fn deref(&self) -> &::std::string::String {
            &self.0
        }
    }
    impl ::std::convert::From<UserId> for ::std::string::String {
        fn from(value: UserId) -> Self {
            value.0
        }
    }
    impl ::std::str::FromStr for UserId {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            if !crate::pattern::matches(
                value,
                &[
                    &[
                        (&[(b'0', b'9'), (b'a', b'f'), (b'A', b'F')], 8, 8),
                        (&[(b'-', b'-')], 1, 1),
                        (&[(b'0', b'9'), (b'a', b'f'), (b'A', b'F')], 4, 4),
                        (&[(b'-', b'-')], 1, 1),
                        (&[(b'0', b'9'), (b'a', b'f'), (b'A', b'F')], 4, 4),
                        (&[(b'-', b'-')], 1, 1),
                        (&[(b'0', b'9'), (b'a', b'f'), (b'A', b'F')], 4, 4),
                        (&[(b'-', b'-')], 1, 1),
                        (&[(b'0', b'9'), (b'a', b'f'), (b'A', b'F')], 12, 12),
                    ],
                ],
            ) {
                return Err(
                    "doesn't match pattern \"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$\""
                        .into(),
                );
            }
            Ok(Self(value.to_string()))
        }
    }
    impl ::std::convert::TryFrom<&str> for UserId {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for UserId {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl<'de> ::serde::Deserialize<'de> for UserId {
        fn deserialize<D>(deserializer: D) -> ::std::result::Result<Self, D::Error>
        where
            D: ::serde::Deserializer<'de>,
        {
            ::std::string::String::deserialize(deserializer)?
                .parse()
                .map_err(|e: self::error::ConversionError| {
                    <D::Error as ::serde::de::Error>::custom(e.to_string())
                })
        }
    }
    /// A membership of the current user.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub struct UserMembership {
        /// Whether the membership is active.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub active: ::std::option::Option<bool>,
        /// Text for people.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub comment: ::std::option::Option<::std::string::String>,
        /// When the membership was created.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub created: ::std::option::Option<crate::DateTime>,
        /// Name of the organization for people.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub display_name: ::std::option::Option<::std::string::String>,
        /// When the user last used the organization.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub last_access: ::std::option::Option<crate::DateTime>,
        /// Name of the organization.
        pub organization: ::std::string::String,
        /// Id of the organization (a UUID).
        #[serde(default)]
        pub organization_id: ::std::string::String,
        /// What the user may do.
        #[serde(default)]
        pub roles: ::std::vec::Vec<crate::api::types::Role>,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// Memberships of the current user.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub struct UserMembershipList {
        /// The memberships.
        pub items: ::std::vec::Vec<UserMembership>,
        /// Number of memberships.
        #[serde(default)]
        pub total: u64,
        /// Items that cannot be decoded, with their JSON. The other lists do not contain them.
        #[serde(skip)]
        pub undecodable: ::std::vec::Vec<crate::Undecodable>,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    #[derive(::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    /// Custom fields by name. Names of non-string fields include their type prefix, for example `int:sku` (integer), `double:weight`, `date:shot`, `latlon:place` (latitude, comma, longitude), `array:labels`.
    #[serde(transparent)]
    pub struct UserMetadata(
        pub ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    );
    impl ::std::ops::Deref for UserMetadata {
        type Target = ::serde_json::Map<::std::string::String, ::serde_json::Value>;
        fn deref(
            &self,
        ) -> &::serde_json::Map<::std::string::String, ::serde_json::Value> {
            &self.0
        }
    }
    impl ::std::convert::From<UserMetadata>
    for ::serde_json::Map<::std::string::String, ::serde_json::Value> {
        fn from(value: UserMetadata) -> Self {
            value.0
        }
    }
    impl ::std::convert::From<
        ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    > for UserMetadata {
        fn from(
            value: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
        ) -> Self {
            Self(value)
        }
    }
    /// User metadata to set, by field name. Values: string (no prefix, `str:` or `text:`), integer (`int:`), number (`double:`), `YYYY-MM-DDThh:mm:ssZ` (`date:`), `"latitude,longitude"` (`latlon:`), array of strings (`array:`, `array_text:`). `null` removes a field in a PATCH request.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[serde(transparent)]
    pub struct UserMetadataDefinition(
        pub ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    );
    impl ::std::ops::Deref for UserMetadataDefinition {
        type Target = ::serde_json::Map<::std::string::String, ::serde_json::Value>;
        fn deref(
            &self,
        ) -> &::serde_json::Map<::std::string::String, ::serde_json::Value> {
            &self.0
        }
    }
    impl ::std::convert::From<UserMetadataDefinition>
    for ::serde_json::Map<::std::string::String, ::serde_json::Value> {
        fn from(value: UserMetadataDefinition) -> Self {
            value.0
        }
    }
    impl ::std::convert::From<
        ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    > for UserMetadataDefinition {
        fn from(
            value: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
        ) -> Self {
            Self(value)
        }
    }
    /// Name of a user metadata field in a path: letters, digits, underscores and dashes. Names of fields themselves are stricter: 1 to 54 lower-case letters, digits and underscores.
    #[derive(::serde::Serialize, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[serde(transparent)]
    #[cfg_attr(feature = "schemars", schemars(extend("pattern" = "^[a-zA-Z0-9_-]+$")))]
    pub struct UserMetadataName(::std::string::String);
    impl ::std::ops::Deref for UserMetadataName {
        type Target = ::std::string::String;
        fn deref(&self) -> &::std::string::String {
            &self.0
        }
    }
    impl ::std::convert::From<UserMetadataName> for ::std::string::String {
        fn from(value: UserMetadataName) -> Self {
            value.0
        }
    }
    impl ::std::str::FromStr for UserMetadataName {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            if !crate::pattern::matches(
                value,
                &[
                    &[
                        (
                            &[
                                (b'a', b'z'),
                                (b'A', b'Z'),
                                (b'0', b'9'),
                                (b'_', b'_'),
                                (b'-', b'-'),
                            ],
                            1,
                            usize::MAX,
                        ),
                    ],
                ],
            ) {
                return Err("doesn't match pattern \"^[a-zA-Z0-9_-]+$\"".into());
            }
            Ok(Self(value.to_string()))
        }
    }
    impl ::std::convert::TryFrom<&str> for UserMetadataName {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for UserMetadataName {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl<'de> ::serde::Deserialize<'de> for UserMetadataName {
        fn deserialize<D>(deserializer: D) -> ::std::result::Result<Self, D::Error>
        where
            D: ::serde::Deserializer<'de>,
        {
            ::std::string::String::deserialize(deserializer)?
                .parse()
                .map_err(|e: self::error::ConversionError| {
                    <D::Error as ::serde::de::Error>::custom(e.to_string())
                })
        }
    }
    /// JSON type of a value, or several of them: `string`, `integer`, `number`, `boolean`, `array`, `null`.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    #[serde(untagged)]
    pub enum ValueType {
        /// `String`.
        String(::std::string::String),
        /// `Array`.
        Array(::std::vec::Vec<::std::string::String>),
    }
    impl ::std::convert::From<::std::vec::Vec<::std::string::String>> for ValueType {
        fn from(value: ::std::vec::Vec<::std::string::String>) -> Self {
            Self::Array(value)
        }
    }
    /// Any text; its only purpose is a separate hash for the same image.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    pub struct VersionText {
        /// The text.
        pub text: ::std::string::String,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// Properties of a video.
    #[derive(::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    pub struct VideoData {
        /// Describes the audio track.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub audio_info: ::std::option::Option<::std::string::String>,
        /// Bit rate per second.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub bitrate_per_sec: ::std::option::Option<u64>,
        /// Duration as text, for example `00:01:19.34`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub duration: ::std::option::Option<::std::string::String>,
        /// Hours of the duration, two digits as text.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub hours: ::std::option::Option<::std::string::String>,
        /// Minutes of the duration, two digits as text.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub mins: ::std::option::Option<::std::string::String>,
        /// Hundredths of a second of the duration, as text.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub ms: ::std::option::Option<::std::string::String>,
        /// Seconds of the duration, two digits as text.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub secs: ::std::option::Option<::std::string::String>,
        /// Describes the video track.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub video_info: ::std::option::Option<::std::string::String>,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// Metadata of a video.
    #[derive(::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
    pub struct VideoMetadata {
        /// See [`VideoData`].
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default)]
        pub data: ::std::option::Option<VideoData>,
        /// Fields that this version does not know.
        #[serde(flatten)]
        pub extra: crate::Extra,
    }
    /// Generation of default values for serde.
    #[allow(dead_code)]
    pub mod defaults {
        pub(super) fn default_u64<T, const V: u64>() -> T
        where
            T: ::std::convert::TryFrom<u64>,
            <T as ::std::convert::TryFrom<u64>>::Error: ::std::fmt::Debug,
        {
            T::try_from(V).unwrap()
        }
        pub(super) fn default_nzu64<T, const V: u64>() -> T
        where
            T: ::std::convert::TryFrom<::std::num::NonZeroU64>,
            <T as ::std::convert::TryFrom<
                ::std::num::NonZeroU64,
            >>::Error: ::std::fmt::Debug,
        {
            T::try_from(::std::num::NonZeroU64::try_from(V).unwrap()).unwrap()
        }
    }
    /// Error types.
    pub mod error {
        /// Error from a `TryFrom` or `FromStr` implementation.
        pub struct ConversionError(::std::borrow::Cow<'static, str>);
        impl ::std::error::Error for ConversionError {}
        impl ::std::fmt::Display for ConversionError {
            fn fmt(
                &self,
                f: &mut ::std::fmt::Formatter<'_>,
            ) -> Result<(), ::std::fmt::Error> {
                ::std::fmt::Display::fmt(&self.0, f)
            }
        }
        impl ::std::fmt::Debug for ConversionError {
            fn fmt(
                &self,
                f: &mut ::std::fmt::Formatter<'_>,
            ) -> Result<(), ::std::fmt::Error> {
                ::std::fmt::Debug::fmt(&self.0, f)
            }
        }
        impl From<&'static str> for ConversionError {
            fn from(value: &'static str) -> Self {
                Self(value.into())
            }
        }
        impl From<String> for ConversionError {
            fn from(value: String) -> Self {
                Self(value.into())
            }
        }
    }
    /// Role of a member. `admin` includes everything; `write` includes `read`, `upload`, `sourceimages:read`, `sourceimages:write`, `sourceimages:download:protected` and `billing:read`; `admin:read` and `read` include `sourceimages:read` and `sourceimages:download:protected`, the former also `read`; `sourceimages:write` includes `upload` and `sourceimages:read`. Others may be added.
    #[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
    #[non_exhaustive]
    pub enum Role {
        /// `admin`.
        Admin,
        /// `write`.
        Write,
        /// `admin:read`.
        AdminRead,
        /// `read`.
        Read,
        /// `upload`.
        Upload,
        /// `sourceimages:read`.
        SourceimagesRead,
        /// `sourceimages:write`.
        SourceimagesWrite,
        /// `sourceimages:unlock`.
        SourceimagesUnlock,
        /// `sourceimages:download:protected`.
        SourceimagesDownloadProtected,
        /// `billing:read`.
        BillingRead,
        /// A value that this version does not know.
        Other(::std::string::String),
    }
    crate::open_enum::open_enum!(
        Role { Admin = "admin", Write = "write", AdminRead = "admin:read", Read = "read",
        Upload = "upload", SourceimagesRead = "sourceimages:read", SourceimagesWrite =
        "sourceimages:write", SourceimagesUnlock = "sourceimages:unlock",
        SourceimagesDownloadProtected = "sourceimages:download:protected", BillingRead =
        "billing:read", }
    );
    /// State of the second factor: not set up, waiting for the first code, or in use. Others may be added.
    #[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
    #[non_exhaustive]
    pub enum TotpState {
        /// `none`.
        None,
        /// `pending`.
        Pending,
        /// `active`.
        Active,
        /// A value that this version does not know.
        Other(::std::string::String),
    }
    crate::open_enum::open_enum!(
        TotpState { None = "none", Pending = "pending", Active = "active", }
    );
    pub use crate::stacks::StackVariableValues;
    #[cfg(feature = "testing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
    impl AdminApiKeyItem {
        /// Returns an [`AdminApiKeyItem`] for tests, as decoded from a response with nothing else: the other fields are empty, and can be set.
        pub fn sample(
            organization: impl ::std::convert::Into<::std::string::String>,
            user_id: impl ::std::convert::Into<::std::string::String>,
        ) -> Self {
            crate::model::sample!(
                organization : organization.into(), user_id : user_id.into(); active,
                api_keys, comment, created, display_name, email, last_access,
                organization_id, roles
            )
        }
    }
    impl crate::undecodable::List for AdminApiKeyOverview {
        const KEYS: &'static [&'static str] = &["items"];
        #[inline]
        fn read(&mut self, key: &str, json: &str) -> ::serde_json::Result<()> {
            match key {
                "items" => self.items.push(::serde_json::from_str(json)?),
                _ => {}
            }
            Ok(())
        }
        fn undecodable(&mut self) -> &mut ::std::vec::Vec<crate::Undecodable> {
            &mut self.undecodable
        }
    }
    #[cfg(feature = "testing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
    impl AdminApiKeyOverview {
        /// Returns an [`AdminApiKeyOverview`] for tests, as decoded from a response with nothing else: the other fields are empty, and can be set.
        pub fn sample(items: ::std::vec::Vec<AdminApiKeyItem>) -> Self {
            crate::model::sample!(items : items; total, truncated, undecodable)
        }
    }
    impl crate::undecodable::List for Album {
        const KEYS: &'static [&'static str] = &["images", "items"];
        #[inline]
        fn read(&mut self, key: &str, json: &str) -> ::serde_json::Result<()> {
            match key {
                "images" => self.images.push(::serde_json::from_str(json)?),
                "items" => self.items.push(::serde_json::from_str(json)?),
                _ => {}
            }
            Ok(())
        }
        fn undecodable(&mut self) -> &mut ::std::vec::Vec<crate::Undecodable> {
            &mut self.undecodable
        }
    }
    #[cfg(feature = "testing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
    impl ApiKey {
        /// Returns an [`ApiKey`] for tests, as decoded from a response with nothing else: the other fields are empty, and can be set.
        pub fn sample(id: impl ::std::convert::Into<::std::string::String>) -> Self {
            crate::model::sample!(
                id : id.into(); accessed, allowed_ips, api_key, comment, created,
                expires, requires_mfa, totp_state, trusted
            )
        }
    }
    #[cfg(feature = "testing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
    impl ApiRoot {
        /// Returns an [`ApiRoot`] for tests, as decoded from a response with nothing else: the other fields are empty, and can be set.
        pub fn sample() -> Self {
            crate::model::sample!(; environment, resources)
        }
    }
    #[cfg(feature = "testing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
    impl CacheInvalidation {
        /// Returns a [`CacheInvalidation`] for tests, as decoded from a response with nothing else: the other fields are empty, and can be set.
        pub fn sample() -> Self {
            crate::model::sample!(; attempted_paths, items, message, status, truncated)
        }
    }
    #[cfg(feature = "testing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
    impl CopyResult {
        /// Returns a [`CopyResult`] for tests, as decoded from a response with nothing else: the other fields are empty, and can be set.
        pub fn sample() -> Self {
            crate::model::sample!(; created, existing, notfound)
        }
    }
    #[cfg(feature = "testing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
    impl CurrentUser {
        /// Returns a [`CurrentUser`] for tests, as decoded from a response with nothing else: the other fields are empty, and can be set.
        pub fn sample(
            user_id: impl ::std::convert::Into<::std::string::String>,
        ) -> Self {
            crate::model::sample!(user_id : user_id.into(); api_keys, email)
        }
    }
    impl<'de> ::serde::Deserialize<'de> for DynamicMetadata {
        fn deserialize<D>(deserializer: D) -> ::std::result::Result<Self, D::Error>
        where
            D: ::serde::Deserializer<'de>,
        {
            crate::lenient::or_default(deserializer).map(Self)
        }
    }
    #[cfg(feature = "testing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
    impl FacetCount {
        /// Returns a [`FacetCount`] for tests, as decoded from a response with nothing else: the other fields are empty, and can be set.
        pub fn sample(
            count: u64,
            value: impl ::std::convert::Into<::std::string::String>,
        ) -> Self {
            crate::model::sample!(count : count, value : value.into();)
        }
    }
    impl<'de> ::serde::Deserialize<'de> for FacetCounts {
        fn deserialize<D>(deserializer: D) -> ::std::result::Result<Self, D::Error>
        where
            D: ::serde::Deserializer<'de>,
        {
            crate::lenient::or_default(deserializer).map(Self)
        }
    }
    #[cfg(feature = "testing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
    impl Membership {
        /// Returns a [`Membership`] for tests, as decoded from a response with nothing else: the other fields are empty, and can be set.
        pub fn sample(
            user_id: impl ::std::convert::Into<::std::string::String>,
        ) -> Self {
            crate::model::sample!(
                user_id : user_id.into(); active, api_key, comment, created, email,
                last_access, organization_id, roles
            )
        }
    }
    impl crate::undecodable::List for MembershipList {
        const KEYS: &'static [&'static str] = &["items"];
        #[inline]
        fn read(&mut self, key: &str, json: &str) -> ::serde_json::Result<()> {
            match key {
                "items" => self.items.push(::serde_json::from_str(json)?),
                _ => {}
            }
            Ok(())
        }
        fn undecodable(&mut self) -> &mut ::std::vec::Vec<crate::Undecodable> {
            &mut self.undecodable
        }
    }
    #[cfg(feature = "testing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
    impl MembershipList {
        /// Returns a [`MembershipList`] for tests, as decoded from a response with nothing else: the other fields are empty, and can be set.
        pub fn sample(items: ::std::vec::Vec<Membership>) -> Self {
            crate::model::sample!(items : items; total, undecodable)
        }
    }
    #[cfg(feature = "testing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
    impl NewUser {
        /// Returns a [`NewUser`] for tests, as decoded from a response with nothing else: the other fields are empty, and can be set.
        pub fn sample(api_key: impl ::std::convert::Into<crate::Secret>) -> Self {
            crate::model::sample!(api_key : api_key.into(); email, id)
        }
    }
    #[cfg(feature = "testing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
    impl OperationDescription {
        /// Returns an [`OperationDescription`] for tests, as decoded from a response with nothing else: the other fields are empty, and can be set.
        pub fn sample() -> Self {
            crate::model::sample!(; description, one_of, properties, required)
        }
    }
    impl<'de> ::serde::Deserialize<'de> for OperationOptions {
        fn deserialize<D>(deserializer: D) -> ::std::result::Result<Self, D::Error>
        where
            D: ::serde::Deserializer<'de>,
        {
            crate::lenient::or_default(deserializer).map(Self)
        }
    }
    impl<'de> ::serde::Deserialize<'de> for OperationProperties {
        fn deserialize<D>(deserializer: D) -> ::std::result::Result<Self, D::Error>
        where
            D: ::serde::Deserializer<'de>,
        {
            crate::lenient::or_default(deserializer).map(Self)
        }
    }
    #[cfg(feature = "testing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
    impl OperationProperty {
        /// Returns an [`OperationProperty`] for tests, as decoded from a response with nothing else: the other fields are empty, and can be set.
        pub fn sample() -> Self {
            crate::model::sample!(
                ; default, description, maximum, minimum, pattern, type_, values
            )
        }
    }
    #[cfg(feature = "testing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
    impl Organization {
        /// Returns an [`Organization`] for tests, as decoded from a response with nothing else: the other fields are empty, and can be set.
        pub fn sample(name: impl ::std::convert::Into<::std::string::String>) -> Self {
            crate::model::sample!(
                name : name.into(); billing_email, created, display_name, id, limit,
                master_organization, options, signing_keys
            )
        }
    }
    #[cfg(feature = "testing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
    impl OrganizationLimit {
        /// Returns an [`OrganizationLimit`] for tests, as decoded from a response with nothing else: the other fields are empty, and can be set.
        pub fn sample() -> Self {
            crate::model::sample!(; space_in_bytes, traffic_in_bytes)
        }
    }
    #[cfg(feature = "testing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
    impl OrganizationOptions {
        /// Returns an [`OrganizationOptions`] for tests, as decoded from a response with nothing else: the other fields are empty, and can be set.
        pub fn sample() -> Self {
            crate::model::sample!(
                ; protect_dynamic_stack, remote_basepath, remote_fullurl_allow,
                remote_fullurl_whitelist, render_org_fallback
            )
        }
    }
    #[cfg(feature = "testing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
    impl PageLink {
        /// Returns a [`PageLink`] for tests, as decoded from a response with nothing else: the other fields are empty, and can be set.
        pub fn sample() -> Self {
            crate::model::sample!(; href)
        }
    }
    #[cfg(feature = "testing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
    impl PageLinks {
        /// Returns a [`PageLinks`] for tests, as decoded from a response with nothing else: the other fields are empty, and can be set.
        pub fn sample() -> Self {
            crate::model::sample!(; next, prev)
        }
    }
    #[cfg(feature = "testing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
    impl SignedUrl {
        /// Returns a [`SignedUrl`] for tests, as decoded from a response with nothing else: the other fields are empty, and can be set.
        pub fn sample(
            signed_url: impl ::std::convert::Into<::std::string::String>,
        ) -> Self {
            crate::model::sample!(signed_url : signed_url.into(); original_url, until)
        }
    }
    #[cfg(feature = "testing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
    impl SigningKey {
        /// Returns a [`SigningKey`] for tests, as decoded from a response with nothing else: the other fields are empty, and can be set.
        pub fn sample(key: impl ::std::convert::Into<crate::Secret>) -> Self {
            crate::model::sample!(key : key.into(); accessed, created)
        }
    }
    #[cfg(feature = "testing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
    impl SourceImage {
        /// Returns a [`SourceImage`] for tests, as decoded from a response with nothing else: the other fields are empty, and can be set.
        pub fn sample(hash: impl ::std::convert::Into<::std::string::String>) -> Self {
            crate::model::sample!(
                hash : hash.into(); animated, binary_hash, created, deleted,
                deleted_date, dynamic_metadata, entropy, format, height, link, locked,
                mimetype, name, opaque, organization, protected, short_hash, size,
                static_metadata, user_metadata, width
            )
        }
    }
    #[cfg(feature = "testing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
    impl SourceImageAlias {
        /// Returns a [`SourceImageAlias`] for tests, as decoded from a response with nothing else: the other fields are empty, and can be set.
        pub fn sample(hash: impl ::std::convert::Into<::std::string::String>) -> Self {
            crate::model::sample!(hash : hash.into(); alias, created, organization)
        }
    }
    impl crate::undecodable::List for SourceImageList {
        const KEYS: &'static [&'static str] = &["items"];
        #[inline]
        fn read(&mut self, key: &str, json: &str) -> ::serde_json::Result<()> {
            match key {
                "items" => self.items.push(::serde_json::from_str(json)?),
                _ => {}
            }
            Ok(())
        }
        fn undecodable(&mut self) -> &mut ::std::vec::Vec<crate::Undecodable> {
            &mut self.undecodable
        }
    }
    #[cfg(feature = "testing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
    impl SourceImageList {
        /// Returns a [`SourceImageList`] for tests, as decoded from a response with nothing else: the other fields are empty, and can be set.
        pub fn sample(items: ::std::vec::Vec<SourceImage>) -> Self {
            crate::model::sample!(
                items : items; cursor, facets, links, total, undecodable
            )
        }
    }
    #[cfg(feature = "testing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
    impl Stack {
        /// Returns a [`Stack`] for tests, as decoded from a response with nothing else: the other fields are empty, and can be set.
        pub fn sample(name: impl ::std::convert::Into<::std::string::String>) -> Self {
            crate::model::sample!(
                name : name.into(); created, description, link, organization,
                stack_expressions, stack_operations, stack_options, stack_variables
            )
        }
    }
    impl crate::undecodable::List for StackList {
        const KEYS: &'static [&'static str] = &["items"];
        #[inline]
        fn read(&mut self, key: &str, json: &str) -> ::serde_json::Result<()> {
            match key {
                "items" => self.items.push(::serde_json::from_str(json)?),
                _ => {}
            }
            Ok(())
        }
        fn undecodable(&mut self) -> &mut ::std::vec::Vec<crate::Undecodable> {
            &mut self.undecodable
        }
    }
    #[cfg(feature = "testing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
    impl StackList {
        /// Returns a [`StackList`] for tests, as decoded from a response with nothing else: the other fields are empty, and can be set.
        pub fn sample(items: ::std::vec::Vec<Stack>) -> Self {
            crate::model::sample!(items : items; cursor, undecodable)
        }
    }
    #[cfg(feature = "testing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
    impl StackOptionCatalogue {
        /// Returns a [`StackOptionCatalogue`] for tests, as decoded from a response with nothing else: the other fields are empty, and can be set.
        pub fn sample(
            properties: ::std::collections::BTreeMap<
                ::std::string::String,
                StackOptionProperty,
            >,
        ) -> Self {
            crate::model::sample!(properties : properties;)
        }
    }
    #[cfg(feature = "testing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
    impl StackOptionItems {
        /// Returns a [`StackOptionItems`] for tests, as decoded from a response with nothing else: the other fields are empty, and can be set.
        pub fn sample() -> Self {
            crate::model::sample!(; type_)
        }
    }
    #[cfg(feature = "testing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
    impl StackOptionProperty {
        /// Returns a [`StackOptionProperty`] for tests, as decoded from a response with nothing else: the other fields are empty, and can be set.
        pub fn sample() -> Self {
            crate::model::sample!(
                ; default, description, items, maximum, min_length, minimum, pattern,
                type_, values
            )
        }
    }
    impl<'de> ::serde::Deserialize<'de> for StackOptionValues {
        fn deserialize<D>(deserializer: D) -> ::std::result::Result<Self, D::Error>
        where
            D: ::serde::Deserializer<'de>,
        {
            crate::lenient::or_default(deserializer).map(Self)
        }
    }
    impl<'de> ::serde::Deserialize<'de> for StaticMetadata {
        fn deserialize<D>(deserializer: D) -> ::std::result::Result<Self, D::Error>
        where
            D: ::serde::Deserializer<'de>,
        {
            crate::lenient::or_default(deserializer).map(Self)
        }
    }
    #[cfg(feature = "testing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
    impl Stats {
        /// Returns a [`Stats`] for tests, as decoded from a response with nothing else: the other fields are empty, and can be set.
        pub fn sample(space_in_bytes: ::std::vec::Vec<StatsPoint>) -> Self {
            crate::model::sample!(
                space_in_bytes : space_in_bytes; bytes_downloaded,
                bytes_downloaded_external, number_of_files
            )
        }
    }
    #[cfg(feature = "testing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
    impl StatsPoint {
        /// Returns a [`StatsPoint`] for tests, as decoded from a response with nothing else: the other fields are empty, and can be set.
        pub fn sample(timestamp: crate::DateTime, value: f64) -> Self {
            crate::model::sample!(timestamp : timestamp, value : value; unit)
        }
    }
    #[cfg(feature = "testing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
    impl SubOrganization {
        /// Returns a [`SubOrganization`] for tests, as decoded from a response with nothing else: the other fields are empty, and can be set.
        pub fn sample(name: impl ::std::convert::Into<::std::string::String>) -> Self {
            crate::model::sample!(
                name : name.into(); billing_email, created, disabled, display_name, id
            )
        }
    }
    impl crate::undecodable::List for SubOrganizationList {
        const KEYS: &'static [&'static str] = &["items"];
        #[inline]
        fn read(&mut self, key: &str, json: &str) -> ::serde_json::Result<()> {
            match key {
                "items" => self.items.push(::serde_json::from_str(json)?),
                _ => {}
            }
            Ok(())
        }
        fn undecodable(&mut self) -> &mut ::std::vec::Vec<crate::Undecodable> {
            &mut self.undecodable
        }
    }
    #[cfg(feature = "testing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
    impl SubOrganizationList {
        /// Returns a [`SubOrganizationList`] for tests, as decoded from a response with nothing else: the other fields are empty, and can be set.
        pub fn sample(items: ::std::vec::Vec<SubOrganization>) -> Self {
            crate::model::sample!(
                items : items; master_organization, organization, total, undecodable
            )
        }
    }
    #[cfg(feature = "testing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
    impl Token {
        /// Returns a [`Token`] for tests, as decoded from a response with nothing else: the other fields are empty, and can be set.
        pub fn sample(
            payload: TokenPayload,
            token: impl ::std::convert::Into<crate::Secret>,
        ) -> Self {
            crate::model::sample!(payload : payload, token : token.into();)
        }
    }
    #[cfg(feature = "testing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
    impl TokenPayload {
        /// Returns a [`TokenPayload`] for tests, as decoded from a response with nothing else: the other fields are empty, and can be set.
        pub fn sample(exp: u64) -> Self {
            crate::model::sample!(exp : exp; expt, id, ips, mfa, rn)
        }
    }
    #[cfg(feature = "testing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
    impl TotpSetup {
        /// Returns a [`TotpSetup`] for tests, as decoded from a response with nothing else: the other fields are empty, and can be set.
        pub fn sample(
            provisioning_uri: impl ::std::convert::Into<crate::Secret>,
            secret: impl ::std::convert::Into<crate::Secret>,
        ) -> Self {
            crate::model::sample!(
                provisioning_uri : provisioning_uri.into(), secret : secret.into(); state
            )
        }
    }
    #[cfg(feature = "testing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
    impl TotpStatus {
        /// Returns a [`TotpStatus`] for tests, as decoded from a response with nothing else: the other fields are empty, and can be set.
        pub fn sample(state: crate::api::types::TotpState) -> Self {
            crate::model::sample!(state : state; confirmed)
        }
    }
    #[cfg(feature = "testing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
    impl UserMembership {
        /// Returns a [`UserMembership`] for tests, as decoded from a response with nothing else: the other fields are empty, and can be set.
        pub fn sample(
            organization: impl ::std::convert::Into<::std::string::String>,
        ) -> Self {
            crate::model::sample!(
                organization : organization.into(); active, comment, created,
                display_name, last_access, organization_id, roles
            )
        }
    }
    impl crate::undecodable::List for UserMembershipList {
        const KEYS: &'static [&'static str] = &["items"];
        #[inline]
        fn read(&mut self, key: &str, json: &str) -> ::serde_json::Result<()> {
            match key {
                "items" => self.items.push(::serde_json::from_str(json)?),
                _ => {}
            }
            Ok(())
        }
        fn undecodable(&mut self) -> &mut ::std::vec::Vec<crate::Undecodable> {
            &mut self.undecodable
        }
    }
    #[cfg(feature = "testing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
    impl UserMembershipList {
        /// Returns a [`UserMembershipList`] for tests, as decoded from a response with nothing else: the other fields are empty, and can be set.
        pub fn sample(items: ::std::vec::Vec<UserMembership>) -> Self {
            crate::model::sample!(items : items; total, undecodable)
        }
    }
    impl<'de> ::serde::Deserialize<'de> for UserMetadata {
        fn deserialize<D>(deserializer: D) -> ::std::result::Result<Self, D::Error>
        where
            D: ::serde::Deserializer<'de>,
        {
            crate::lenient::or_default(deserializer).map(Self)
        }
    }
    crate::lenient::near_objects!(
        ApiKeyDefinition, ApiKeyPatch, AutoDescriptionRequest, Billing, DynamicMetadata,
        DynamicMetadataDefinition, DynamicMetadataValue, FaceDetection, FacetCounts,
        MemberDefinition, MembershipDefinition, MultiAreas, OperationCatalogue,
        OperationOptions, OperationProperties, OrganizationDefinition,
        OrganizationOptionsDefinition, SignUrlRequest, SourceImageAliasDefinition,
        SourceImageOptions, StackOptionValues, StaticMetadata, StaticMetadataDefinition,
        TotpCode, UserDefinition, UserMetadata, UserMetadataDefinition
    );
    crate::lenient::near_values!(OperationExpressions, ValueType);
    crate::model::model!(
        AdminApiKeyItem(secret) { active : Optional("active"), api_keys :
        OrDefault("api_keys"), comment : Optional("comment"), created :
        Optional("created"), display_name : Optional("display_name"), email :
        Optional("email"), last_access : Optional("last_access"), organization :
        Required("organization"), organization_id : OrDefault("organization_id"), roles :
        OrDefault("roles"), user_id : Required("user_id") }
    );
    crate::model::model!(
        AdminApiKeyOverview(secret) { items : Present("items"), total :
        OrDefault("total"), truncated : OrDefault("truncated") } and undecodable
    );
    crate::model::model!(
        Album(open) { album : Optional("album"), images : OrDefault("images"), items :
        OrDefault("items"), total : Optional("total") } and undecodable
    );
    crate::model::model!(
        AlbumImage(open) { favorite : OrDefault("favorite"), format : Optional("format"),
        hash : Required("hash"), mimetype : Optional("mimetype"), name : Optional("name")
        }
    );
    crate::model::model!(
        ApiKey(secret) { accessed : Optional("accessed"), allowed_ips :
        OrDefault("allowed_ips"), api_key : Optional("api_key"), comment :
        Optional("comment"), created : Optional("created"), expires :
        Optional("expires"), id : Required("id"), requires_mfa :
        OrDefault("requires_mfa"), totp_state : Optional("totp_state"), trusted :
        OrDefault("trusted") }
    );
    crate::model::model!(
        ApiRoot(open) { environment : Optional("environment"), resources :
        OrDefault("resources") }
    );
    crate::model::model!(
        CacheInvalidation(open) { attempted_paths : OrDefault("attempted_paths"), items :
        OrDefault("items"), message : Optional("message"), status : Optional("status"),
        truncated : OrDefault("truncated") }
    );
    crate::model::model!(
        ContentCredentials(open) { ai_generated : Optional("ai_generated"),
        digital_source_type : Optional("digital_source_type"), generator :
        Optional("generator"), present : OrDefault("present"), signed_by :
        Optional("signed_by"), validation_state : Optional("validation_state") }
    );
    crate::model::model!(
        CopyResult(open) { created : OrDefault("created"), existing :
        OrDefault("existing"), notfound : OrDefault("notfound") }
    );
    crate::model::model!(
        CropArea(open) { height : Required("height"), percentage :
        OrDefault("percentage"), width : Required("width"), x : OrDefault("x"), y :
        OrDefault("y") }
    );
    crate::model::model!(
        CurrentUser(secret) { api_keys : OrDefault("api_keys"), email :
        Optional("email"), user_id : Required("user_id") }
    );
    crate::model::model!(
        FacetCount(open) { count : Required("count"), value : Required("value") }
    );
    crate::model::model!(LinkedHashes(open) { hashes : Present("hashes") });
    crate::model::model!(
        Membership(secret) { active : Optional("active"), api_key : Optional("api_key"),
        comment : Optional("comment"), created : Optional("created"), email :
        OrDefault("email"), last_access : Optional("last_access"), organization_id :
        OrDefault("organization_id"), roles : OrDefault("roles"), user_id :
        Required("user_id") }
    );
    crate::model::model!(
        MembershipList(secret) { items : Present("items"), total : OrDefault("total") }
        and undecodable
    );
    crate::model::model!(
        MultiArea(open) { crop_area : Optional("crop_area"), subject_area :
        Optional("subject_area") }
    );
    crate::model::model!(
        NewUser(secret) { api_key : Required("api_key"), email : OrDefault("email"), id :
        OrDefault("id") }
    );
    crate::model::model!(
        OperationDescription(open) { description : Optional("description"), one_of :
        OrDefault("oneOf"), properties : OrDefault("properties"), required :
        OrDefault("required") }
    );
    crate::model::model!(
        OperationProperty(open) { default : Optional("default"), description :
        Optional("description"), maximum : Optional("maximum"), minimum :
        Optional("minimum"), pattern : Optional("pattern"), type_ : Optional("type"),
        values : OrDefault("values") }
    );
    crate::model::model!(
        Organization(secret) { billing_email : Optional("billing_email"), created :
        Optional("created"), display_name : OrDefault("display_name"), id :
        OrDefault("id"), limit : Optional("limit"), master_organization :
        Optional("master_organization"), name : Required("name"), options :
        OrDefault("options"), signing_keys : OrDefault("signing_keys") }
    );
    crate::model::model!(
        OrganizationLimit(secret) { space_in_bytes : Optional("space_in_bytes"),
        traffic_in_bytes : Optional("traffic_in_bytes") }
    );
    crate::model::model!(
        OrganizationOptions(secret) { protect_dynamic_stack :
        OrDefault("protect_dynamic_stack"), remote_basepath :
        Optional("remote_basepath"), remote_fullurl_allow :
        Optional("remote_fullurl_allow"), remote_fullurl_whitelist :
        Optional("remote_fullurl_whitelist"), render_org_fallback :
        Optional("render_org_fallback") }
    );
    crate::model::model!(PageLink(open) { href : Optional("href") });
    crate::model::model!(
        PageLinks(open) { next : Optional("next"), prev : Optional("prev") }
    );
    crate::model::model!(
        SignedUrl(open) { original_url : Optional("original_url"), signed_url :
        Required("signed_url"), until : Optional("until") }
    );
    crate::model::model!(
        SigningKey(secret) { accessed : Optional("accessed"), created :
        Optional("created"), key : Required("key") }
    );
    crate::model::model!(
        SourceImage(open) { animated : OrDefault("animated"), binary_hash :
        OrDefault("binary_hash"), created : OrDefault("created"), deleted :
        OrDefault("deleted"), deleted_date : Optional("deleted_date"), dynamic_metadata :
        OrDefault("dynamic_metadata"), entropy : Optional("entropy"), format :
        OrDefault("format"), hash : Required("hash"), height : OrDefault("height"), link
        : Optional("link"), locked : OrDefault("locked"), mimetype :
        Optional("mimetype"), name : OrDefault("name"), opaque : OrDefault("opaque"),
        organization : Optional("organization"), protected : OrDefault("protected"),
        short_hash : OrDefault("short_hash"), size : OrDefault("size"), static_metadata :
        OrDefault("static_metadata"), user_metadata : OrDefault("user_metadata"), width :
        OrDefault("width") }
    );
    crate::model::model!(
        SourceImageAlias(open) { alias : OrDefault("alias"), created :
        Optional("created"), hash : Required("hash"), organization :
        OrDefault("organization") }
    );
    crate::model::model!(
        SourceImageList(open) { cursor : Optional("cursor"), facets :
        OrDefault("facets"), items : Present("items"), links : OrDefault("links"), total
        : OrDefault("total") } and undecodable
    );
    crate::model::model!(
        Stack(open) { created : OrDefault("created"), description :
        Optional("description"), link : Optional("link"), name : Required("name"),
        organization : OrDefault("organization"), stack_expressions :
        OrDefault("stack_expressions"), stack_operations : OrDefault("stack_operations"),
        stack_options : OrDefault("stack_options"), stack_variables :
        OrDefault("stack_variables") }
    );
    crate::model::model!(
        StackDefinition(open) { description : Optional("description"), expressions :
        OrDefault("expressions" | "stack_expressions"), operations : Present("operations"
        | "stack_operations"), options : Optional("options" | "stack_options"), variables
        : Optional("variables" | "stack_variables") }
    );
    crate::model::model!(
        StackExpression(open) { expression : Required("expression"), overrides :
        OrDefault("overrides") }
    );
    crate::model::model!(
        StackExpressionOverrides(open) { options : Optional("options"), variables :
        Optional("variables") }
    );
    crate::model::model!(
        StackList(open) { cursor : Optional("cursor"), items : Present("items") } and
        undecodable
    );
    crate::model::model!(
        StackOperation(open) { expressions : Optional("expressions"), name :
        Required("name"), options : Optional("options") }
    );
    crate::model::model!(
        StackOptionCatalogue(open) { properties : Present("properties") }
    );
    crate::model::model!(StackOptionItems(open) { type_ : Optional("type") });
    crate::model::model!(
        StackOptionProperty(open) { default : Optional("default"), description :
        Optional("description"), items : Optional("items"), maximum :
        Optional("maximum"), min_length : Optional("minLength"), minimum :
        Optional("minimum"), pattern : Optional("pattern"), type_ : Optional("type"),
        values : OrDefault("values") }
    );
    crate::model::model!(
        Stats(open) { bytes_downloaded : OrDefault("bytes_downloaded"),
        bytes_downloaded_external : OrDefault("bytes_downloaded_external"),
        number_of_files : OrDefault("number_of_files"), space_in_bytes :
        Present("space_in_bytes") }
    );
    crate::model::model!(
        StatsPoint(open) { timestamp : Required("timestamp"), unit : Optional("unit"),
        value : Required("value") }
    );
    crate::model::model!(
        SubOrganization(open) { billing_email : Optional("billing_email"), created :
        Optional("created"), disabled : OrDefault("disabled"), display_name :
        Optional("display_name"), id : OrDefault("id"), name : Required("name") }
    );
    crate::model::model!(
        SubOrganizationList(open) { items : Present("items"), master_organization :
        Optional("master_organization"), organization : OrDefault("organization"), total
        : OrDefault("total") } and undecodable
    );
    crate::model::model!(
        SubjectArea(open) { height : OrOne("height"), percentage :
        OrDefault("percentage"), width : OrOne("width"), x : OrDefault("x"), y :
        OrDefault("y") }
    );
    crate::model::model!(
        Token(secret) { payload : Required("payload"), token : Required("token") }
    );
    crate::model::model!(
        TokenPayload(secret) { exp : Required("exp"), expt : Optional("expt"), id :
        Optional("id"), ips : OrDefault("ips"), mfa : OrDefault("mfa"), rn :
        OrDefault("rn") }
    );
    crate::model::model!(
        TotpSetup(secret) { provisioning_uri : Required("provisioning_uri"), secret :
        Required("secret"), state : Optional("state") }
    );
    crate::model::model!(
        TotpStatus(open) { confirmed : Optional("confirmed"), state : Required("state") }
    );
    crate::model::model!(
        UserMembership(open) { active : Optional("active"), comment :
        Optional("comment"), created : Optional("created"), display_name :
        Optional("display_name"), last_access : Optional("last_access"), organization :
        Required("organization"), organization_id : OrDefault("organization_id"), roles :
        OrDefault("roles") }
    );
    crate::model::model!(
        UserMembershipList(open) { items : Present("items"), total : OrDefault("total") }
        and undecodable
    );
    crate::model::model!(VersionText(open) { text : Required("text") });
    crate::model::model!(
        VideoData(open) { audio_info : Optional("audio_info"), bitrate_per_sec :
        Optional("bitrate_per_sec"), duration : Optional("duration"), hours :
        Optional("hours"), mins : Optional("mins"), ms : Optional("ms"), secs :
        Optional("secs"), video_info : Optional("video_info") }
    );
    crate::model::model!(VideoMetadata(open) { data : Optional("data") });
}
#[derive(Clone, Debug)]
/** Client for rokka.io API

 Upload, describe, find and manage source images, define stacks of operations, and render the images through a CDN. Not an official document: `openapi/README.md` in this file's repository says where each fact comes from and what is uncertain.

 Send `Api-Version: 1` with every request. Bodies are JSON unless an operation documents another format. Dates use several ISO 8601 formats (`+00:00`, `+0000`, `Z`, local offsets, fractions of a second), so decode them leniently.

 Version: 1*/
pub struct Client {
    /// See [`String`].
    pub(crate) baseurl: String,
    /// See [`Client`].
    pub(crate) client: reqwest::Client,
    /// See [`Session`].
    pub(crate) inner: crate::transport::Session,
}
impl Client {}
impl ClientInfo<crate::transport::Session> for Client {
    fn api_version() -> &'static str {
        "1"
    }
    fn baseurl(&self) -> &str {
        self.baseurl.as_str()
    }
    fn client(&self) -> &reqwest::Client {
        &self.client
    }
    fn inner(&self) -> &crate::transport::Session {
        &self.inner
    }
}
const _: () = {
    #[allow(dead_code)]
    fn assert_client_hooks()
    where
        Client: ClientHooks<crate::transport::Session>,
    {}
};
#[allow(clippy::all)]
impl Client {
    /** List the resources of the API

 Returns the top-level resources and the environment. Useful for checking credentials: an unknown key fails with 403 and `invalid_authentication`.

 Reference: <https://rokka.io/documentation/guides/authentication.html>

 Sends a `GET` request to `/`*/
    pub async fn get_root<'a>(
        &'a self,
    ) -> Result<ResponseValue<types::ApiRoot>, Error<()>> {
        let url = self.inner.url("/");
        #[allow(unused_mut)]
        let mut request = self.client.get(url).build()?;
        let info = OperationInfo {
            operation_id: "getRoot",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Read the billing of an organization

 Returns the monthly costs of storage, traffic and rendering, in Swiss francs. Covers whole months: `from` is rounded to the first, `to` to the last day of its month. The shape is not documented; treat the response as free-form JSON. Requires the role `billing:read` (part of `write` and `admin`).

 Reference: <https://rokka.io/documentation/references/users-and-memberships.html#roles>

 Sends a `GET` request to `/billing/{organization}`

 Arguments:
 - `organization`: Name of the organization.
 - `from`: First day (`YYYY-MM-DD`), rounded down to the start of its month.
 - `to`: Last day (`YYYY-MM-DD`), rounded up to the end of its month.*/
    pub async fn get_billing<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        from: Option<&'a ::chrono::naive::NaiveDate>,
        to: Option<&'a ::chrono::naive::NaiveDate>,
    ) -> Result<ResponseValue<types::Billing>, Error<()>> {
        let url = self
            .inner
            .url(&format!("/billing/{}", crate ::escape::Segment(organization)));
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .query(&progenitor_client::QueryParam::new("from", &from))
            .query(&progenitor_client::QueryParam::new("to", &to))
            .build()?;
        let info = OperationInfo {
            operation_id: "getBilling",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** List the operations that stacks can use

 Returns every operation that a stack can contain, with its options, their types, ranges and defaults. Needs no credentials. The documentation has operations and ranges that recorded responses lack, so trust the live response. Every operation has the option `enabled` (default true).

 Reference: <https://rokka.io/documentation/references/operations.html>

 Sends a `GET` request to `/operations`*/
    pub async fn list_operations<'a>(
        &'a self,
    ) -> Result<ResponseValue<types::OperationCatalogue>, Error<()>> {
        let url = self.inner.url("/operations");
        #[allow(unused_mut)]
        let mut request = self.client.get(url).build()?;
        let info = OperationInfo {
            operation_id: "listOperations",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Read an organization

 Returns the properties and options of an organization. Requires the role `read`; only the role `admin` sees the signing keys. Fails with 404 or 403 for an unknown organization and without a membership.

 Reference: <https://rokka.io/documentation/references/organizations.html>

 Sends a `GET` request to `/organizations/{organization}`

 Arguments:
 - `organization`: Name of the organization.*/
    pub async fn get_organization<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
    ) -> Result<ResponseValue<types::Organization>, Error<()>> {
        let url = self
            .inner
            .url(&format!("/organizations/{}", crate ::escape::Segment(organization)));
        #[allow(unused_mut)]
        let mut request = self.client.get(url).build()?;
        let info = OperationInfo {
            operation_id: "getOrganization",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Create an organization

 Creates an organization with the name in the path and makes the current user its admin. Names consist of lower-case letters, digits and dashes; other names fail with 400. The status for an existing name is undocumented. Any user may create one.

 Reference: <https://rokka.io/documentation/guides/create-an-organization.html>

 Sends a `PUT` request to `/organizations/{organization}`

 Arguments:
 - `organization`: Name of the organization.
 - `body`: The billing address and other properties.*/
    pub async fn create_organization<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        body: &'a types::OrganizationDefinition,
    ) -> Result<ResponseValue<types::Organization>, Error<()>> {
        let url = self
            .inner
            .url(&format!("/organizations/{}", crate ::escape::Segment(organization)));
        #[allow(unused_mut)]
        let mut request = self.client.put(url).json(&body).build()?;
        let info = OperationInfo {
            operation_id: "createOrganization",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** List the members of an organization

 Returns all users of an organization with their roles, in one page. Requires the role `admin:read`.

 Reference: <https://rokka.io/documentation/references/users-and-memberships.html>

 Sends a `GET` request to `/organizations/{organization}/memberships`

 Arguments:
 - `organization`: Name of the organization.*/
    pub async fn list_memberships<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
    ) -> Result<ResponseValue<types::MembershipList>, Error<()>> {
        let url = self
            .inner
            .url(
                &format!(
                    "/organizations/{}/memberships", crate
                    ::escape::Segment(organization)
                ),
            );
        #[allow(unused_mut)]
        let mut request = self.client.get(url).build()?;
        let info = OperationInfo {
            operation_id: "listMemberships",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded_list(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Create a user as a member of an organization

 Creates a user with the e-mail address of the caller, makes it a member, and returns its API key, which is shown only here. Useful for a key with fewer rights or for a replacement key. Do not retry this request automatically: each one creates another user. After a 400, nothing was created; `requires_mfa` for a public role (`read`, `upload`, `sourceimages:read`) without `trusted` also fails with 400. Requires the role `admin`.

 Reference: <https://rokka.io/documentation/references/users-and-memberships.html>

 Sends a `POST` request to `/organizations/{organization}/memberships`

 Arguments:
 - `organization`: Name of the organization.
 - `body`: Roles of the new user and properties of its key.*/
    pub async fn create_membership_and_user<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        body: &'a types::MemberDefinition,
    ) -> Result<ResponseValue<types::Membership>, Error<()>> {
        let url = self
            .inner
            .url(
                &format!(
                    "/organizations/{}/memberships", crate
                    ::escape::Segment(organization)
                ),
            );
        #[allow(unused_mut)]
        let mut request = self.client.post(url).json(&body).build()?;
        let info = OperationInfo {
            operation_id: "createMembershipAndUser",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Read one membership

 Returns the roles of one user in an organization. Requires the role `admin:read`.

 Reference: <https://rokka.io/documentation/references/users-and-memberships.html>

 Sends a `GET` request to `/organizations/{organization}/memberships/{userId}`

 Arguments:
 - `organization`: Name of the organization.
 - `user_id`: Id of the user.*/
    pub async fn get_membership<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        user_id: &'a types::UserId,
    ) -> Result<ResponseValue<types::Membership>, Error<()>> {
        let url = self
            .inner
            .url(
                &format!(
                    "/organizations/{}/memberships/{}", crate
                    ::escape::Segment(organization), crate ::escape::Segment(user_id)
                ),
            );
        #[allow(unused_mut)]
        let mut request = self.client.get(url).build()?;
        let info = OperationInfo {
            operation_id: "getMembership",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Add a user to an organization or change the roles of a member

 Sets the roles of an existing user in the organization, in place of any previous ones. Send `roles` or a single `role`. Fails with 404 for an unknown user, and with 409 when the last active admin would lose that role. Requires the role `admin`.

 Reference: <https://rokka.io/documentation/references/users-and-memberships.html>

 Sends a `PUT` request to `/organizations/{organization}/memberships/{userId}`

 Arguments:
 - `organization`: Name of the organization.
 - `user_id`: Id of the user.
 - `body`: The roles.*/
    pub async fn create_membership<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        user_id: &'a types::UserId,
        body: &'a types::MembershipDefinition,
    ) -> Result<ResponseValue<ByteStream>, Error<()>> {
        let url = self
            .inner
            .url(
                &format!(
                    "/organizations/{}/memberships/{}", crate
                    ::escape::Segment(organization), crate ::escape::Segment(user_id)
                ),
            );
        #[allow(unused_mut)]
        let mut request = self.client.put(url).json(&body).build()?;
        let info = OperationInfo {
            operation_id: "createMembership",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => Ok(crate::transport::streamed(response)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Remove a user from an organization

 Removes the membership; the user and its keys stay. Fails with 404 when there is no such membership, and with 409 for the last admin. Requires the role `admin`.

 Reference: <https://rokka.io/documentation/references/users-and-memberships.html>

 Sends a `DELETE` request to `/organizations/{organization}/memberships/{userId}`

 Arguments:
 - `organization`: Name of the organization.
 - `user_id`: Id of the user.*/
    pub async fn delete_membership<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        user_id: &'a types::UserId,
    ) -> Result<ResponseValue<()>, Error<()>> {
        let url = self
            .inner
            .url(
                &format!(
                    "/organizations/{}/memberships/{}", crate
                    ::escape::Segment(organization), crate ::escape::Segment(user_id)
                ),
            );
        #[allow(unused_mut)]
        let mut request = self.client.delete(url).build()?;
        let info = OperationInfo {
            operation_id: "deleteMembership",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => Ok(ResponseValue::empty(response)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Set options of an organization

 Sets the options in the request. Requires the role `admin`.

 Reference: <https://rokka.io/documentation/references/organizations.html>

 Sends a `PUT` request to `/organizations/{organization}/options`

 Arguments:
 - `organization`: Name of the organization.
 - `body`: Any subset of the options.*/
    pub async fn create_organization_options<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        body: &'a types::OrganizationOptionsDefinition,
    ) -> Result<ResponseValue<types::Organization>, Error<()>> {
        let url = self
            .inner
            .url(
                &format!(
                    "/organizations/{}/options", crate ::escape::Segment(organization)
                ),
            );
        #[allow(unused_mut)]
        let mut request = self.client.put(url).json(&body).build()?;
        let info = OperationInfo {
            operation_id: "createOrganizationOptions",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Set one option of an organization

 Sets a single option. The body is the JSON-encoded value alone: a string needs its quotes. Requires the role `admin`.

 Reference: <https://rokka.io/documentation/references/organizations.html>

 Sends a `PUT` request to `/organizations/{organization}/options/{name}`

 Arguments:
 - `organization`: Name of the organization.
 - `name`: Name of the option, for example `protect_dynamic_stack`.
 - `body`: The value of the option.*/
    pub async fn put_organization_option<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        name: &'a types::OrganizationOptionName,
        body: &'a types::AnyValue,
    ) -> Result<ResponseValue<types::Organization>, Error<()>> {
        let url = self
            .inner
            .url(
                &format!(
                    "/organizations/{}/options/{}", crate
                    ::escape::Segment(organization), crate ::escape::Segment(name)
                ),
            );
        #[allow(unused_mut)]
        let mut request = self.client.put(url).json(&body).build()?;
        let info = OperationInfo {
            operation_id: "putOrganizationOption",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** List the sub-organizations of an organization

 Returns the organizations whose usage is billed to this one, sorted by name and without this one. There is one level only: for a sub-organization, the response contains an empty list and the name of its master. Requires the role `admin:read`.

 Reference: <https://rokka.io/documentation/references/organizations.html>

 Sends a `GET` request to `/organizations/{organization}/sub_organizations`

 Arguments:
 - `organization`: Name of the organization.
 - `include_disabled`: Include disabled ones. Only for super admins of the service; 403 for everyone else.*/
    pub async fn list_sub_organizations<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        include_disabled: Option<bool>,
    ) -> Result<ResponseValue<types::SubOrganizationList>, Error<()>> {
        let url = self
            .inner
            .url(
                &format!(
                    "/organizations/{}/sub_organizations", crate
                    ::escape::Segment(organization)
                ),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .query(
                &progenitor_client::QueryParam::new(
                    "include_disabled",
                    &include_disabled,
                ),
            )
            .build()?;
        let info = OperationInfo {
            operation_id: "listSubOrganizations",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded_list(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Read the savings of rokka

 Returns free-form JSON. The documentation lists this route among those that need no credentials and does not describe the response.

 Reference: <https://rokka.io/documentation/references/users-and-memberships.html>

 Sends a `GET` request to `/savings`*/
    pub async fn get_savings<'a>(
        &'a self,
    ) -> Result<ResponseValue<types::AnyValue>, Error<()>> {
        let url = self.inner.url("/savings");
        #[allow(unused_mut)]
        let mut request = self.client.get(url).build()?;
        let info = OperationInfo {
            operation_id: "getSavings",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** List and search source images

 Returns one page of the organization's source images. All filters must match; with `operator=or`, one is enough.

 Paging: numeric offsets reach the first 10,000 matches (`offset + limit`). Beyond that, pass the `cursor` of the previous response as `offset` and leave all other parameters unchanged; cursors only move forward. A cursor does not guarantee another page: stop at an empty page, at a page shorter than the limit, or when the cursor repeats.

 The search index lags about ten seconds behind writes; reading by hash does not. `limit=0` returns only the count and the facets.

 Requires the role `sourceimages:read`.

 Reference: <https://rokka.io/documentation/references/searching-images.html>

 Sends a `GET` request to `/sourceimages/{organization}`

 Arguments:
 - `organization`: Name of the organization.
 - `binary_hash`: Return only images of the binary with this SHA-1. The response then has neither `cursor` nor `links`.
 - `deleted`: Return images deleted within the last 30 days instead of existing ones. One request cannot return both.
 - `facets`: Fields whose values to count, separated by commas; string and array fields only. Returns up to 1000 values of each.
 - `filters`: Filters, each a query parameter of its own: the name is a field, the value an expression.

 Fields: `hash`, `short_hash`, `binaryhash`, `mimetype`, `format`, `size`, `width`, `height`, `created`, `name`, `name_text`, `deletedDate`, and metadata as `user:{type}:{name}`, `dynamic:{type}:{kind}:{field}` or `static:{type}:{block}__{field}`. Names of other query parameters cannot be used.

 Expressions: a value for an exact match, `plan*` for a prefix, `[a,b]` for an inclusive range and `{a,b}` for an exclusive one (the two brackets can be mixed), `[a,}` without an upper bound. Dates need single quotes: `['2026-01-01T00:00:00Z',}`.
 - `limit`: Maximum number of images to return. 0 returns only the count and the facets.
 - `offset`: Number of images to skip (with `offset + limit` up to 10,000), or the `cursor` of an earlier response.
 - `operator`: `or` returns images that match any of the filters. By default all must match. The two cannot be combined.
 - `sort`: Fields to sort by, each with `asc` or `desc`, separated by commas. User metadata needs its full name, for example `user:int:sku desc`. Always set a direction: the documentation contradicts itself about the default.*/
    pub async fn list_source_images<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        binary_hash: Option<&'a types::BinaryHash>,
        deleted: Option<bool>,
        facets: Option<&'a str>,
        filters: Option<
            &'a ::std::collections::BTreeMap<
                ::std::string::String,
                ::std::string::String,
            >,
        >,
        limit: Option<i32>,
        offset: Option<&'a str>,
        operator: Option<types::ListSourceImagesOperator>,
        sort: Option<&'a str>,
    ) -> Result<ResponseValue<types::SourceImageList>, Error<()>> {
        let url = self
            .inner
            .url(&format!("/sourceimages/{}", crate ::escape::Segment(organization)));
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .query(&progenitor_client::QueryParam::new("binaryHash", &binary_hash))
            .query(&progenitor_client::QueryParam::new("deleted", &deleted))
            .query(&progenitor_client::QueryParam::new("facets", &facets))
            .query(&progenitor_client::QueryParam::new("filters", &filters))
            .query(&progenitor_client::QueryParam::new("limit", &limit))
            .query(&progenitor_client::QueryParam::new("offset", &offset))
            .query(&progenitor_client::QueryParam::new("operator", &operator))
            .query(&progenitor_client::QueryParam::new("sort", &sort))
            .build()?;
        let info = OperationInfo {
            operation_id: "listSourceImages",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded_list(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Delete all source images of one binary

 Deletes every source image whose uploaded bytes have the given SHA-1, whatever its hash. Always send a value: without one, the request addresses the whole collection.

 Each deleted image can be restored by its own hash for 30 days.

 Requires the role `sourceimages:write`.

 Reference: <https://rokka.io/documentation/references/source-images.html#deleting-source-images-with-binary-hash>

 Sends a `DELETE` request to `/sourceimages/{organization}`

 Arguments:
 - `organization`: Name of the organization.
 - `binary_hash`: SHA-1 of the uploaded bytes.*/
    pub async fn delete_source_images_by_binary_hash<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        binary_hash: &'a types::BinaryHash,
    ) -> Result<ResponseValue<()>, Error<()>> {
        let url = self
            .inner
            .url(&format!("/sourceimages/{}", crate ::escape::Segment(organization)));
        #[allow(unused_mut)]
        let mut request = self
            .client
            .delete(url)
            .query(&progenitor_client::QueryParam::new("binaryHash", &binary_hash))
            .build()?;
        let info = OperationInfo {
            operation_id: "deleteSourceImagesByBinaryHash",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => Ok(ResponseValue::empty(response)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Read an alias

 Returns the image that an alias points to. A name with characters other than letters, digits and underscores matches no route and fails with 404.

 Requires the role `sourceimages:read`.

 Reference: <https://rokka.io/documentation/references/source-images-aliases.html>

 Sends a `GET` request to `/sourceimages/{organization}/alias/{alias}`

 Arguments:
 - `organization`: Name of the organization.
 - `alias`: Name of the alias.*/
    pub async fn get_source_image_alias<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        alias: &'a types::AliasName,
    ) -> Result<ResponseValue<types::SourceImageAlias>, Error<()>> {
        let url = self
            .inner
            .url(
                &format!(
                    "/sourceimages/{}/alias/{}", crate ::escape::Segment(organization),
                    crate ::escape::Segment(alias)
                ),
            );
        #[allow(unused_mut)]
        let mut request = self.client.get(url).build()?;
        let info = OperationInfo {
            operation_id: "getSourceImageAlias",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Create or move an alias

 Points a name to an image. An existing alias is moved only with `overwrite=true`; otherwise the request fails (presumably with 409). Sources disagree whether the status of success is 200 or 201. After a move, caches keep the old renderings until they are invalidated.

 Requires the role `sourceimages:write`.

 Reference: <https://rokka.io/documentation/references/source-images-aliases.html>

 Sends a `PUT` request to `/sourceimages/{organization}/alias/{alias}`

 Arguments:
 - `organization`: Name of the organization.
 - `alias`: Name of the alias.
 - `overwrite`: Move an existing alias.
 - `body`: The image to point to.*/
    pub async fn create_source_image_alias<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        alias: &'a types::AliasName,
        overwrite: Option<bool>,
        body: &'a types::SourceImageAliasDefinition,
    ) -> Result<ResponseValue<types::SourceImageAlias>, Error<()>> {
        let url = self
            .inner
            .url(
                &format!(
                    "/sourceimages/{}/alias/{}", crate ::escape::Segment(organization),
                    crate ::escape::Segment(alias)
                ),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .put(url)
            .json(&body)
            .query(&progenitor_client::QueryParam::new("overwrite", &overwrite))
            .build()?;
        let info = OperationInfo {
            operation_id: "createSourceImageAlias",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Delete an alias

 Deletes the alias; the image stays. The CDN serves cached renderings until its cache is invalidated.

 Requires the role `sourceimages:write`.

 Reference: <https://rokka.io/documentation/references/source-images-aliases.html>

 Sends a `DELETE` request to `/sourceimages/{organization}/alias/{alias}`

 Arguments:
 - `organization`: Name of the organization.
 - `alias`: Name of the alias.*/
    pub async fn delete_source_image_alias<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        alias: &'a types::AliasName,
    ) -> Result<ResponseValue<()>, Error<()>> {
        let url = self
            .inner
            .url(
                &format!(
                    "/sourceimages/{}/alias/{}", crate ::escape::Segment(organization),
                    crate ::escape::Segment(alias)
                ),
            );
        #[allow(unused_mut)]
        let mut request = self.client.delete(url).build()?;
        let info = OperationInfo {
            operation_id: "deleteSourceImageAlias",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => Ok(ResponseValue::empty(response)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Invalidate the CDN cache of an alias

 Invalidates all renderings made through an alias in the CDN, a few seconds after the response. Browsers keep their copies.

 Limited to ten requests an hour. Requires the right to write and a paid plan (403 otherwise).

 Reference: <https://rokka.io/documentation/references/source-images-aliases.html>

 Sends a `DELETE` request to `/sourceimages/{organization}/alias/{alias}/cache`

 Arguments:
 - `organization`: Name of the organization.
 - `alias`: Name of the alias.*/
    pub async fn delete_source_image_alias_cache<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        alias: &'a types::AliasName,
    ) -> Result<ResponseValue<types::CacheInvalidation>, Error<()>> {
        let url = self
            .inner
            .url(
                &format!(
                    "/sourceimages/{}/alias/{}/cache", crate
                    ::escape::Segment(organization), crate ::escape::Segment(alias)
                ),
            );
        #[allow(unused_mut)]
        let mut request = self.client.delete(url).build()?;
        let info = OperationInfo {
            operation_id: "deleteSourceImageAliasCache",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Find source images by the SHA-1 of their bytes

 Returns the images created from one uploaded binary. There can be several, because dynamic metadata and protection create further hashes of the same bytes. The query parameter `binaryHash` of `listSourceImages` is equivalent. For an unknown binary the service presumably returns an empty list.

 Requires the role `sourceimages:read`.

 Reference: <https://rokka.io/documentation/references/source-images.html#finding-with-binary-hash>

 Sends a `GET` request to `/sourceimages/{organization}/binaryhash/{binaryHash}`

 Arguments:
 - `organization`: Name of the organization.
 - `binary_hash`: SHA-1 of the uploaded bytes.*/
    pub async fn list_source_images_by_binary_hash<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        binary_hash: &'a types::BinaryHash,
    ) -> Result<ResponseValue<types::SourceImageList>, Error<()>> {
        let url = self
            .inner
            .url(
                &format!(
                    "/sourceimages/{}/binaryhash/{}", crate
                    ::escape::Segment(organization), crate ::escape::Segment(binary_hash)
                ),
            );
        #[allow(unused_mut)]
        let mut request = self.client.get(url).build()?;
        let info = OperationInfo {
            operation_id: "listSourceImagesByBinaryHash",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded_list(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Copy several source images to another organization

 Copies up to 100 images, with their metadata, to the organization named in the `Destination` header. The copies are independent of the originals.

 Requires the right to read images here and to write images in the destination. A 404 may mean that no image was copied.

 Reference: <https://rokka.io/documentation/references/source-images.html#copy-a-source-image-to-another-organization>

 Sends a `POST` request to `/sourceimages/{organization}/copy`

 Arguments:
 - `organization`: Name of the organization.
 - `destination`: Name of the destination organization; a bare name, not a URL.
 - `overwrite`: `F` refuses to overwrite an existing image. Any other value, or none, overwrites it.
 - `body`: Hashes of 1 to 100 images of this organization.*/
    pub async fn copy_multiple_source_images<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        destination: &'a types::OrganizationName,
        overwrite: Option<&'a str>,
        body: &'a ::std::vec::Vec<types::ImageHash>,
    ) -> Result<ResponseValue<types::CopyResult>, Error<()>> {
        let url = self
            .inner
            .url(
                &format!("/sourceimages/{}/copy", crate ::escape::Segment(organization)),
            );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(3usize);
        header_map.append("Destination", destination.to_string().try_into()?);
        if let Some(value) = overwrite {
            header_map.append("Overwrite", value.to_string().try_into()?);
        }
        #[allow(unused_mut)]
        let mut request = self.client.post(url).json(&body).headers(header_map).build()?;
        let info = OperationInfo {
            operation_id: "copyMultipleSourceImages",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Download the originals of a search as a ZIP archive

 Returns a ZIP archive of the original files of one search page. Takes the parameters of `listSourceImages`. The maximum number of files in an archive is not documented.

 Requires the role `sourceimages:read`; protected originals also require `sourceimages:download:protected`.

 Reference: <https://rokka.io/documentation/references/source-images.html#downloading-a-source-image>

 Sends a `GET` request to `/sourceimages/{organization}/download`

 Arguments:
 - `organization`: Name of the organization.
 - `deleted`: Return images deleted within the last 30 days instead of existing ones. One request cannot return both.
 - `facets`: Fields whose values to count, separated by commas; string and array fields only. Returns up to 1000 values of each.
 - `filters`: Filters, each a query parameter of its own: the name is a field, the value an expression.

 Fields: `hash`, `short_hash`, `binaryhash`, `mimetype`, `format`, `size`, `width`, `height`, `created`, `name`, `name_text`, `deletedDate`, and metadata as `user:{type}:{name}`, `dynamic:{type}:{kind}:{field}` or `static:{type}:{block}__{field}`. Names of other query parameters cannot be used.

 Expressions: a value for an exact match, `plan*` for a prefix, `[a,b]` for an inclusive range and `{a,b}` for an exclusive one (the two brackets can be mixed), `[a,}` without an upper bound. Dates need single quotes: `['2026-01-01T00:00:00Z',}`.
 - `limit`: Maximum number of images to return. 0 returns only the count and the facets.
 - `offset`: Number of images to skip (with `offset + limit` up to 10,000), or the `cursor` of an earlier response.
 - `sort`: Fields to sort by, each with `asc` or `desc`, separated by commas. User metadata needs its full name, for example `user:int:sku desc`. Always set a direction: the documentation contradicts itself about the default.*/
    pub async fn download_source_images<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        deleted: Option<bool>,
        facets: Option<&'a str>,
        filters: Option<
            &'a ::std::collections::BTreeMap<
                ::std::string::String,
                ::std::string::String,
            >,
        >,
        limit: Option<i32>,
        offset: Option<&'a str>,
        sort: Option<&'a str>,
    ) -> Result<ResponseValue<ByteStream>, Error<()>> {
        let url = self
            .inner
            .url(
                &format!(
                    "/sourceimages/{}/download", crate ::escape::Segment(organization)
                ),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .query(&progenitor_client::QueryParam::new("deleted", &deleted))
            .query(&progenitor_client::QueryParam::new("facets", &facets))
            .query(&progenitor_client::QueryParam::new("filters", &filters))
            .query(&progenitor_client::QueryParam::new("limit", &limit))
            .query(&progenitor_client::QueryParam::new("offset", &offset))
            .query(&progenitor_client::QueryParam::new("sort", &sort))
            .build()?;
        let info = OperationInfo {
            operation_id: "downloadSourceImages",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => Ok(crate::transport::streamed(response)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Read a source image

 Returns one image with all its metadata. A deleted image is returned only with `deleted=true`.

 Requires the role `sourceimages:read`.

 Reference: <https://rokka.io/documentation/references/source-images.html#retrieve-data-about-a-source-image>

 Sends a `GET` request to `/sourceimages/{organization}/{hash}`

 Arguments:
 - `organization`: Name of the organization.
 - `hash`: Hash of the source image, full or short (6 to 40 hexadecimal digits).
 - `deleted`: Search the deleted images.*/
    pub async fn get_source_image<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        hash: &'a types::ImageHash,
        deleted: Option<bool>,
    ) -> Result<ResponseValue<types::SourceImage>, Error<()>> {
        let url = self
            .inner
            .url(
                &format!(
                    "/sourceimages/{}/{}", crate ::escape::Segment(organization), crate
                    ::escape::Segment(hash)
                ),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .query(&progenitor_client::QueryParam::new("deleted", &deleted))
            .build()?;
        let info = OperationInfo {
            operation_id: "getSourceImage",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Delete a source image

 Deletes one image; it can be restored for 30 days. Images with the same bytes and another hash stay. The service empties its own render caches immediately; caches of the CDN and of browsers keep their content.

 A locked image cannot be deleted, not even by an admin; the status of that failure is not documented (400 or 403).

 Requires the role `sourceimages:write`.

 Reference: <https://rokka.io/documentation/references/source-images.html#delete-a-source-image>

 Sends a `DELETE` request to `/sourceimages/{organization}/{hash}`

 Arguments:
 - `organization`: Name of the organization.
 - `hash`: Hash of the source image, full or short (6 to 40 hexadecimal digits).*/
    pub async fn delete_source_image<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        hash: &'a types::ImageHash,
    ) -> Result<ResponseValue<()>, Error<()>> {
        let url = self
            .inner
            .url(
                &format!(
                    "/sourceimages/{}/{}", crate ::escape::Segment(organization), crate
                    ::escape::Segment(hash)
                ),
            );
        #[allow(unused_mut)]
        let mut request = self.client.delete(url).build()?;
        let info = OperationInfo {
            operation_id: "deleteSourceImage",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => Ok(ResponseValue::empty(response)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Describe a source image automatically

 Generates alternative texts in the given languages and stores them in the user metadata; the field names are not documented. Existing texts stay unless `force` is true.

 Requires the role `sourceimages:write` and a paid plan (403 otherwise).

 Reference: <https://rokka.io/documentation/references/auto-descriptions.html>

 Sends a `POST` request to `/sourceimages/{organization}/{hash}/autodescription`

 Arguments:
 - `organization`: Name of the organization.
 - `hash`: Hash of the source image, full or short (6 to 40 hexadecimal digits).
 - `body`: The languages, and whether to replace existing texts.*/
    pub async fn create_source_image_autodescription<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        hash: &'a types::ImageHash,
        body: &'a types::AutoDescriptionRequest,
    ) -> Result<ResponseValue<types::SourceImage>, Error<()>> {
        let url = self
            .inner
            .url(
                &format!(
                    "/sourceimages/{}/{}/autodescription", crate
                    ::escape::Segment(organization), crate ::escape::Segment(hash)
                ),
            );
        #[allow(unused_mut)]
        let mut request = self.client.post(url).json(&body).build()?;
        let info = OperationInfo {
            operation_id: "createSourceImageAutodescription",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Label a source image automatically

 Detects what the image shows and stores labels in the user metadata, by convention in `array:labels`; the field names are not documented.

 Requires the role `sourceimages:write` and a paid plan (403 otherwise).

 Reference: <https://rokka.io/documentation/references/source-images.html>

 Sends a `POST` request to `/sourceimages/{organization}/{hash}/autolabel`

 Arguments:
 - `organization`: Name of the organization.
 - `hash`: Hash of the source image, full or short (6 to 40 hexadecimal digits).*/
    pub async fn create_source_image_autolabel<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        hash: &'a types::ImageHash,
    ) -> Result<ResponseValue<types::SourceImage>, Error<()>> {
        let url = self
            .inner
            .url(
                &format!(
                    "/sourceimages/{}/{}/autolabel", crate
                    ::escape::Segment(organization), crate ::escape::Segment(hash)
                ),
            );
        #[allow(unused_mut)]
        let mut request = self.client.post(url).build()?;
        let info = OperationInfo {
            operation_id: "createSourceImageAutolabel",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Invalidate the CDN cache of a source image

 Invalidates all renderings of an image in the CDN, a few seconds after the response. Browsers keep their copies. While `truncated` is in the response, repeat the request.

 Limited to five requests an hour. Requires the right to write and a paid plan (403 otherwise).

 Reference: <https://rokka.io/documentation/guides/render-caches-and-invalidation.html>

 Sends a `DELETE` request to `/sourceimages/{organization}/{hash}/cache`

 Arguments:
 - `organization`: Name of the organization.
 - `hash`: Hash of the source image, full or short (6 to 40 hexadecimal digits).*/
    pub async fn delete_source_image_cache<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        hash: &'a types::ImageHash,
    ) -> Result<ResponseValue<types::CacheInvalidation>, Error<()>> {
        let url = self
            .inner
            .url(
                &format!(
                    "/sourceimages/{}/{}/cache", crate ::escape::Segment(organization),
                    crate ::escape::Segment(hash)
                ),
            );
        #[allow(unused_mut)]
        let mut request = self.client.delete(url).build()?;
        let info = OperationInfo {
            operation_id: "deleteSourceImageCache",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Refresh the content credentials of a source image

 Reads the C2PA manifest of the original again and stores it under `content_credentials` of the static metadata. The hash stays the same.

 Requires the role `sourceimages:write` or `write`.

 Reference: <https://rokka.io/documentation/references/source-images.html>

 Sends a `POST` request to `/sourceimages/{organization}/{hash}/contentcredentials`

 Arguments:
 - `organization`: Name of the organization.
 - `hash`: Hash of the source image, full or short (6 to 40 hexadecimal digits).*/
    pub async fn create_source_image_content_credentials<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        hash: &'a types::ImageHash,
    ) -> Result<ResponseValue<types::SourceImage>, Error<()>> {
        let url = self
            .inner
            .url(
                &format!(
                    "/sourceimages/{}/{}/contentcredentials", crate
                    ::escape::Segment(organization), crate ::escape::Segment(hash)
                ),
            );
        #[allow(unused_mut)]
        let mut request = self.client.post(url).build()?;
        let info = OperationInfo {
            operation_id: "createSourceImageContentCredentials",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Copy a source image to another organization

 Copies one image, with its metadata, to the organization named in the `Destination` header, under the same hash. The copy is independent of the original. The service also offers this as the HTTP method `COPY` on the image itself, which OpenAPI 3.0 cannot express.

 Requires the right to read images here and to write images in the destination. 400: the destination does not exist. 412: the image already exists there and the request has `Overwrite: F`.

 Reference: <https://rokka.io/documentation/references/source-images.html#copy-a-source-image-to-another-organization>

 Sends a `POST` request to `/sourceimages/{organization}/{hash}/copy`

 Arguments:
 - `organization`: Name of the organization.
 - `hash`: Hash of the source image, full or short (6 to 40 hexadecimal digits).
 - `destination`: Name of the destination organization; a bare name, not a URL.
 - `overwrite`: `F` refuses to overwrite an existing image. Any other value, or none, overwrites it.*/
    pub async fn copy_source_image<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        hash: &'a types::ImageHash,
        destination: &'a types::OrganizationName,
        overwrite: Option<&'a str>,
    ) -> Result<ResponseValue<ByteStream>, Error<()>> {
        let url = self
            .inner
            .url(
                &format!(
                    "/sourceimages/{}/{}/copy", crate ::escape::Segment(organization),
                    crate ::escape::Segment(hash)
                ),
            );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(3usize);
        header_map.append("Destination", destination.to_string().try_into()?);
        if let Some(value) = overwrite {
            header_map.append("Overwrite", value.to_string().try_into()?);
        }
        #[allow(unused_mut)]
        let mut request = self.client.post(url).headers(header_map).build()?;
        let info = OperationInfo {
            operation_id: "copySourceImage",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => Ok(crate::transport::streamed(response)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Download an original

 Returns the stored bytes, with the media type of the file. `Content-Disposition` suggests a file name. The uploader chose it: ignore any directory in it.

 Requires the role `sourceimages:read`; a protected original also requires `sourceimages:download:protected`, which `admin`, `admin:read`, `write` and `read` include.

 Reference: <https://rokka.io/documentation/references/source-images.html#downloading-a-source-image>

 Sends a `GET` request to `/sourceimages/{organization}/{hash}/download`

 Arguments:
 - `organization`: Name of the organization.
 - `hash`: Hash of the source image, full or short (6 to 40 hexadecimal digits).*/
    pub async fn download_source_image<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        hash: &'a types::ImageHash,
    ) -> Result<ResponseValue<ByteStream>, Error<()>> {
        let url = self
            .inner
            .url(
                &format!(
                    "/sourceimages/{}/{}/download", crate
                    ::escape::Segment(organization), crate ::escape::Segment(hash)
                ),
            );
        #[allow(unused_mut)]
        let mut request = self.client.get(url).build()?;
        let info = OperationInfo {
            operation_id: "downloadSourceImage",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => Ok(crate::transport::streamed(response)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Set dynamic metadata

 Sets one kind of dynamic metadata, such as the subject area. Dynamic metadata is part of an image's identity, so the image gets another hash: read it from `Location` (absolute or relative), or from the body if that header is missing. If an image with that hash already exists, the service returns it unchanged, with its own user metadata. The image under the previous hash stays unless `deletePrevious=true`.

 `keepHash=true` edits the image in place instead. The hash then no longer identifies one version of the image: `Location` repeats it, and a `Warning` header states that CDN and browsers keep cached renderings, browsers for up to a year. Both flags together fail with 400.

 Requires the role `sourceimages:write`. `detection_face` requires a paid plan (403 otherwise).

 Reference: <https://rokka.io/documentation/references/dynamic-metadata.html>

 Sends a `PUT` request to `/sourceimages/{organization}/{hash}/meta/dynamic/{metaName}`

 Arguments:
 - `organization`: Name of the organization.
 - `hash`: Hash of the source image, full or short (6 to 40 hexadecimal digits).
 - `meta_name`: Kind of dynamic metadata: `subject_area`, `crop_area`, `multi_areas`, `version`, `detection_face`, `linked`, or a later one.
 - `delete_previous`: Delete the image under the previous hash when the hash changes.
 - `keep_hash`: Edit in place and keep the hash. Excludes `deletePrevious`.
 - `body`: An object of that kind: SubjectArea for `subject_area`, CropArea for `crop_area`, MultiAreas for `multi_areas`, VersionText for `version`, FaceDetection for `detection_face`, LinkedHashes for `linked`.*/
    pub async fn create_source_image_meta_dynamic_with_name<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        hash: &'a types::ImageHash,
        meta_name: &'a types::DynamicMetadataName,
        delete_previous: Option<bool>,
        keep_hash: Option<bool>,
        body: &'a types::DynamicMetadataValue,
    ) -> Result<ResponseValue<ByteStream>, Error<()>> {
        let url = self
            .inner
            .url(
                &format!(
                    "/sourceimages/{}/{}/meta/dynamic/{}", crate
                    ::escape::Segment(organization), crate ::escape::Segment(hash), crate
                    ::escape::Segment(meta_name)
                ),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .put(url)
            .json(&body)
            .query(
                &progenitor_client::QueryParam::new("deletePrevious", &delete_previous),
            )
            .query(&progenitor_client::QueryParam::new("keepHash", &keep_hash))
            .build()?;
        let info = OperationInfo {
            operation_id: "createSourceImageMetaDynamicWithName",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => Ok(crate::transport::streamed(response)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Remove dynamic metadata

 Removes one kind of dynamic metadata. Dynamic metadata is part of an image's identity, so the image gets another hash: read it from `Location` (absolute or relative), or from the body if that header is missing. If an image with that hash already exists, the service returns it unchanged, with its own user metadata. The image under the previous hash stays unless `deletePrevious=true`.

 `keepHash=true` edits the image in place instead. The hash then no longer identifies one version of the image: `Location` repeats it, and a `Warning` header states that CDN and browsers keep cached renderings, browsers for up to a year. Both flags together fail with 400.

 Requires the role `sourceimages:write`.

 Reference: <https://rokka.io/documentation/references/dynamic-metadata.html>

 Sends a `DELETE` request to `/sourceimages/{organization}/{hash}/meta/dynamic/{metaName}`

 Arguments:
 - `organization`: Name of the organization.
 - `hash`: Hash of the source image, full or short (6 to 40 hexadecimal digits).
 - `meta_name`: Kind of dynamic metadata: `subject_area`, `crop_area`, `multi_areas`, `version`, `detection_face`, `linked`, or a later one.
 - `delete_previous`: Delete the image under the previous hash when the hash changes.
 - `keep_hash`: Edit in place and keep the hash. Excludes `deletePrevious`.*/
    pub async fn delete_source_image_meta_dynamic_with_name<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        hash: &'a types::ImageHash,
        meta_name: &'a types::DynamicMetadataName,
        delete_previous: Option<bool>,
        keep_hash: Option<bool>,
    ) -> Result<ResponseValue<ByteStream>, Error<()>> {
        let url = self
            .inner
            .url(
                &format!(
                    "/sourceimages/{}/{}/meta/dynamic/{}", crate
                    ::escape::Segment(organization), crate ::escape::Segment(hash), crate
                    ::escape::Segment(meta_name)
                ),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .delete(url)
            .query(
                &progenitor_client::QueryParam::new("deletePrevious", &delete_previous),
            )
            .query(&progenitor_client::QueryParam::new("keepHash", &keep_hash))
            .build()?;
        let info = OperationInfo {
            operation_id: "deleteSourceImageMetaDynamicWithName",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => Ok(crate::transport::streamed(response)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Read all user metadata

 Returns the fields by name. Names of non-string fields include their type prefix, for example `int:sku`.

 Requires the role `sourceimages:read`.

 Reference: <https://rokka.io/documentation/references/user-metadata.html>

 Sends a `GET` request to `/sourceimages/{organization}/{hash}/meta/user`

 Arguments:
 - `organization`: Name of the organization.
 - `hash`: Hash of the source image, full or short (6 to 40 hexadecimal digits).*/
    pub async fn get_source_image_meta_user<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        hash: &'a types::ImageHash,
    ) -> Result<ResponseValue<types::UserMetadata>, Error<()>> {
        let url = self
            .inner
            .url(
                &format!(
                    "/sourceimages/{}/{}/meta/user", crate
                    ::escape::Segment(organization), crate ::escape::Segment(hash)
                ),
            );
        #[allow(unused_mut)]
        let mut request = self.client.get(url).build()?;
        let info = OperationInfo {
            operation_id: "getSourceImageMetaUser",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Replace all user metadata

 Replaces all fields by the given ones. Field names have at most 54 lower-case letters, digits and underscores, after an optional type prefix (`str:`, `text:`, `int:`, `double:`, `date:`, `latlon:`, `array:`, `array_text:`); other names fail with 400. The hash stays the same. Fails for a locked image.

 Requires the role `sourceimages:write`.

 Reference: <https://rokka.io/documentation/references/user-metadata.html>

 Sends a `PUT` request to `/sourceimages/{organization}/{hash}/meta/user`

 Arguments:
 - `organization`: Name of the organization.
 - `hash`: Hash of the source image, full or short (6 to 40 hexadecimal digits).
 - `body`: The fields by name.*/
    pub async fn create_source_image_meta_user<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        hash: &'a types::ImageHash,
        body: &'a types::UserMetadataDefinition,
    ) -> Result<ResponseValue<()>, Error<()>> {
        let url = self
            .inner
            .url(
                &format!(
                    "/sourceimages/{}/{}/meta/user", crate
                    ::escape::Segment(organization), crate ::escape::Segment(hash)
                ),
            );
        #[allow(unused_mut)]
        let mut request = self.client.put(url).json(&body).build()?;
        let info = OperationInfo {
            operation_id: "createSourceImageMetaUser",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => Ok(ResponseValue::empty(response)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Delete all user metadata

 Removes every field. The hash stays the same. Fails for a locked image.

 Requires the role `sourceimages:write`.

 Reference: <https://rokka.io/documentation/references/user-metadata.html>

 Sends a `DELETE` request to `/sourceimages/{organization}/{hash}/meta/user`

 Arguments:
 - `organization`: Name of the organization.
 - `hash`: Hash of the source image, full or short (6 to 40 hexadecimal digits).*/
    pub async fn delete_source_image_meta_user<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        hash: &'a types::ImageHash,
    ) -> Result<ResponseValue<()>, Error<()>> {
        let url = self
            .inner
            .url(
                &format!(
                    "/sourceimages/{}/{}/meta/user", crate
                    ::escape::Segment(organization), crate ::escape::Segment(hash)
                ),
            );
        #[allow(unused_mut)]
        let mut request = self.client.delete(url).build()?;
        let info = OperationInfo {
            operation_id: "deleteSourceImageMetaUser",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => Ok(ResponseValue::empty(response)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Change some user metadata

 Sets the given fields and keeps all others; `null` removes a field. Field names have at most 54 lower-case letters, digits and underscores, after an optional type prefix (`str:`, `text:`, `int:`, `double:`, `date:`, `latlon:`, `array:`, `array_text:`); other names fail with 400. The hash stays the same. Fails for a locked image.

 Requires the role `sourceimages:write`.

 Reference: <https://rokka.io/documentation/references/user-metadata.html>

 Sends a `PATCH` request to `/sourceimages/{organization}/{hash}/meta/user`

 Arguments:
 - `organization`: Name of the organization.
 - `hash`: Hash of the source image, full or short (6 to 40 hexadecimal digits).
 - `body`: The fields to set; `null` removes a field.*/
    pub async fn patch_source_image_meta_user<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        hash: &'a types::ImageHash,
        body: &'a types::UserMetadataDefinition,
    ) -> Result<ResponseValue<()>, Error<()>> {
        let url = self
            .inner
            .url(
                &format!(
                    "/sourceimages/{}/{}/meta/user", crate
                    ::escape::Segment(organization), crate ::escape::Segment(hash)
                ),
            );
        #[allow(unused_mut)]
        let mut request = self.client.patch(url).json(&body).build()?;
        let info = OperationInfo {
            operation_id: "patchSourceImageMetaUser",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => Ok(ResponseValue::empty(response)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Read one user metadata field

 Returns the bare JSON value of one field: a string, a number, or an array of strings. The status is 404 when the field is not set.

 Requires the role `sourceimages:read`.

 Reference: <https://rokka.io/documentation/references/user-metadata.html>

 Sends a `GET` request to `/sourceimages/{organization}/{hash}/meta/user/{metaName}`

 Arguments:
 - `organization`: Name of the organization.
 - `hash`: Hash of the source image, full or short (6 to 40 hexadecimal digits).
 - `meta_name`: Name of the user metadata field.*/
    pub async fn get_source_image_meta_user_with_name<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        hash: &'a types::ImageHash,
        meta_name: &'a types::UserMetadataName,
    ) -> Result<ResponseValue<types::AnyValue>, Error<()>> {
        let url = self
            .inner
            .url(
                &format!(
                    "/sourceimages/{}/{}/meta/user/{}", crate
                    ::escape::Segment(organization), crate ::escape::Segment(hash), crate
                    ::escape::Segment(meta_name)
                ),
            );
        #[allow(unused_mut)]
        let mut request = self.client.get(url).build()?;
        let info = OperationInfo {
            operation_id: "getSourceImageMetaUserWithName",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Set one user metadata field

 Sets one field to a bare JSON value (strings with quotes) and keeps all others. Whether the name may have a type prefix is not documented; use `patchSourceImageMetaUser` for typed fields. The hash stays the same. Fails for a locked image.

 The operation id keeps the spelling of the service.

 Requires the role `sourceimages:write`.

 Reference: <https://rokka.io/documentation/references/user-metadata.html>

 Sends a `PUT` request to `/sourceimages/{organization}/{hash}/meta/user/{metaName}`

 Arguments:
 - `organization`: Name of the organization.
 - `hash`: Hash of the source image, full or short (6 to 40 hexadecimal digits).
 - `meta_name`: Name of the user metadata field.
 - `body`: The value as bare JSON.*/
    pub async fn create_source_image_meta_user_wth_name<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        hash: &'a types::ImageHash,
        meta_name: &'a types::UserMetadataName,
        body: &'a types::AnyValue,
    ) -> Result<ResponseValue<()>, Error<()>> {
        let url = self
            .inner
            .url(
                &format!(
                    "/sourceimages/{}/{}/meta/user/{}", crate
                    ::escape::Segment(organization), crate ::escape::Segment(hash), crate
                    ::escape::Segment(meta_name)
                ),
            );
        #[allow(unused_mut)]
        let mut request = self.client.put(url).json(&body).build()?;
        let info = OperationInfo {
            operation_id: "createSourceImageMetaUserWthName",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => Ok(ResponseValue::empty(response)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Delete one user metadata field

 Removes one field and keeps all others. The hash stays the same. Fails for a locked image, and presumably with 404 for a field that is not set.

 Requires the role `sourceimages:write`.

 Reference: <https://rokka.io/documentation/references/user-metadata.html>

 Sends a `DELETE` request to `/sourceimages/{organization}/{hash}/meta/user/{metaName}`

 Arguments:
 - `organization`: Name of the organization.
 - `hash`: Hash of the source image, full or short (6 to 40 hexadecimal digits).
 - `meta_name`: Name of the user metadata field.*/
    pub async fn delete_source_image_meta_user_with_name<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        hash: &'a types::ImageHash,
        meta_name: &'a types::UserMetadataName,
    ) -> Result<ResponseValue<()>, Error<()>> {
        let url = self
            .inner
            .url(
                &format!(
                    "/sourceimages/{}/{}/meta/user/{}", crate
                    ::escape::Segment(organization), crate ::escape::Segment(hash), crate
                    ::escape::Segment(meta_name)
                ),
            );
        #[allow(unused_mut)]
        let mut request = self.client.delete(url).build()?;
        let info = OperationInfo {
            operation_id: "deleteSourceImageMetaUserWithName",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => Ok(ResponseValue::empty(response)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Rename a source image

 Replaces the file name of an image. The body is a JSON string, including the quotes. The hash stays the same.

 Requires the role `sourceimages:write`.

 Reference: <https://rokka.io/documentation/references/source-images.html#change-the-name-of-a-source-image>

 Sends a `PUT` request to `/sourceimages/{organization}/{hash}/name`

 Arguments:
 - `organization`: Name of the organization.
 - `hash`: Hash of the source image, full or short (6 to 40 hexadecimal digits).
 - `body`: The new file name as a JSON string.*/
    pub async fn put_source_image_name<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        hash: &'a types::ImageHash,
        body: &'a str,
    ) -> Result<ResponseValue<()>, Error<()>> {
        let url = self
            .inner
            .url(
                &format!(
                    "/sourceimages/{}/{}/name", crate ::escape::Segment(organization),
                    crate ::escape::Segment(hash)
                ),
            );
        #[allow(unused_mut)]
        let mut request = self.client.put(url).json(&body).build()?;
        let info = OperationInfo {
            operation_id: "putSourceImageName",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => Ok(ResponseValue::empty(response)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Lock or unlock a source image

 Sets whether an image is locked. Nobody can delete a locked image or change its user metadata. The hash stays the same.

 Requires the role `admin` or `sourceimages:unlock`; otherwise the status is 403.

 Reference: <https://rokka.io/documentation/references/source-images.html#lock-a-source-image-to-prevent-deletion>

 Sends a `PUT` request to `/sourceimages/{organization}/{hash}/options/locked`

 Arguments:
 - `organization`: Name of the organization.
 - `hash`: Hash of the source image, full or short (6 to 40 hexadecimal digits).
 - `body`: `true` or `false` as bare JSON.*/
    pub async fn put_source_image_options_locked<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        hash: &'a types::ImageHash,
        body: bool,
    ) -> Result<ResponseValue<types::SourceImage>, Error<()>> {
        let url = self
            .inner
            .url(
                &format!(
                    "/sourceimages/{}/{}/options/locked", crate
                    ::escape::Segment(organization), crate ::escape::Segment(hash)
                ),
            );
        #[allow(unused_mut)]
        let mut request = self.client.put(url).json(&body).build()?;
        let info = OperationInfo {
            operation_id: "putSourceImageOptionsLocked",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Protect or unprotect a source image

 Sets whether every rendering of the image needs a signed URL. Protection is part of an image's identity, so the image gets another hash: read it from `Location`, or from the body if that header is missing. The image under the previous hash stays unless `deletePrevious=true`; when nothing changes it always stays.

 The documentation mentions a 2xx status without naming it, hence the three responses.

 Requires the role `sourceimages:write`.

 Reference: <https://rokka.io/documentation/references/protected-images-and-stacks.html>

 Sends a `PUT` request to `/sourceimages/{organization}/{hash}/options/protected`

 Arguments:
 - `organization`: Name of the organization.
 - `hash`: Hash of the source image, full or short (6 to 40 hexadecimal digits).
 - `delete_previous`: Delete the image under the previous hash when the hash changes.
 - `body`: `true` or `false` as bare JSON.*/
    pub async fn put_source_image_options_protected<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        hash: &'a types::ImageHash,
        delete_previous: Option<bool>,
        body: bool,
    ) -> Result<ResponseValue<ByteStream>, Error<()>> {
        let url = self
            .inner
            .url(
                &format!(
                    "/sourceimages/{}/{}/options/protected", crate
                    ::escape::Segment(organization), crate ::escape::Segment(hash)
                ),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .put(url)
            .json(&body)
            .query(
                &progenitor_client::QueryParam::new("deletePrevious", &delete_previous),
            )
            .build()?;
        let info = OperationInfo {
            operation_id: "putSourceImageOptionsProtected",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => Ok(crate::transport::streamed(response)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Restore a deleted source image

 Restores an image that was deleted at most 30 days ago. Also succeeds for an image that is not deleted. The response has no `link`.

 Requires the role `sourceimages:write`.

 Reference: <https://rokka.io/documentation/references/source-images.html#restore-a-source-image>

 Sends a `POST` request to `/sourceimages/{organization}/{hash}/restore`

 Arguments:
 - `organization`: Name of the organization.
 - `hash`: Hash of the source image, full or short (6 to 40 hexadecimal digits).*/
    pub async fn restore_source_image<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        hash: &'a types::ImageHash,
    ) -> Result<ResponseValue<types::SourceImage>, Error<()>> {
        let url = self
            .inner
            .url(
                &format!(
                    "/sourceimages/{}/{}/restore", crate ::escape::Segment(organization),
                    crate ::escape::Segment(hash)
                ),
            );
        #[allow(unused_mut)]
        let mut request = self.client.post(url).build()?;
        let info = OperationInfo {
            operation_id: "restoreSourceImage",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** List the options that stacks can have

 Returns every stack option with its type, range and default. Needs no credentials. Values change over time: read them here instead of keeping a copy.

 Reference: <https://rokka.io/documentation/references/stacks.html>

 Sends a `GET` request to `/stackoptions`*/
    pub async fn list_stack_options<'a>(
        &'a self,
    ) -> Result<ResponseValue<types::StackOptionCatalogue>, Error<()>> {
        let url = self.inner.url("/stackoptions");
        #[allow(unused_mut)]
        let mut request = self.client.get(url).build()?;
        let info = OperationInfo {
            operation_id: "listStackOptions",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** List stacks

 Returns the stacks of an organization, up to 1000 a page unless `limit` is set. There is no total. For the next page, send the `cursor` of the response as `offset`; stop when there is none, when it repeats, or when the page is empty. Requires the role `read`.

 Reference: <https://rokka.io/documentation/references/stacks.html>

 Sends a `GET` request to `/stacks/{organization}`

 Arguments:
 - `organization`: Name of the organization.
 - `limit`: Maximum number of stacks to return.
 - `offset`: Where to continue: the `cursor` of the previous response. Numbers are not supported here, unlike in image lists.*/
    pub async fn list_stacks<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        limit: Option<i32>,
        offset: Option<&'a str>,
    ) -> Result<ResponseValue<types::StackList>, Error<()>> {
        let url = self
            .inner
            .url(&format!("/stacks/{}", crate ::escape::Segment(organization)));
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .query(&progenitor_client::QueryParam::new("limit", &limit))
            .query(&progenitor_client::QueryParam::new("offset", &offset))
            .build()?;
        let info = OperationInfo {
            operation_id: "listStacks",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded_list(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Read a stack

 Returns the definition of one stack. Requires the role `read`.

 Reference: <https://rokka.io/documentation/references/stacks.html>

 Sends a `GET` request to `/stacks/{organization}/{name}`

 Arguments:
 - `organization`: Name of the organization.
 - `name`: Name of the stack.*/
    pub async fn get_stack<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        name: &'a types::StackName,
    ) -> Result<ResponseValue<types::Stack>, Error<()>> {
        let url = self
            .inner
            .url(
                &format!(
                    "/stacks/{}/{}", crate ::escape::Segment(organization), crate
                    ::escape::Segment(name)
                ),
            );
        #[allow(unused_mut)]
        let mut request = self.client.get(url).build()?;
        let info = OperationInfo {
            operation_id: "getStack",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Create or overwrite a stack

 Stores a stack under a name. An existing name fails (status undocumented) unless `overwrite` is true. After an overwrite, caches keep the old renderings, browsers for up to a year, so prefer a new name in production. An overwrite cannot protect an unprotected stack. The list of operations may be empty; then only the format is converted. The option `source_file` excludes operations and all other options. Compositions nested more than five levels deep are refused. Requires the role `write`.

 Reference: <https://rokka.io/documentation/references/stacks.html>

 Sends a `PUT` request to `/stacks/{organization}/{name}`

 Arguments:
 - `organization`: Name of the organization.
 - `name`: Name of the stack.
 - `overwrite`: Replace a stack of the same name.
 - `body`: The definition of the stack.*/
    pub async fn create_stack<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        name: &'a types::StackName,
        overwrite: Option<bool>,
        body: &'a types::StackDefinition,
    ) -> Result<ResponseValue<types::Stack>, Error<()>> {
        let url = self
            .inner
            .url(
                &format!(
                    "/stacks/{}/{}", crate ::escape::Segment(organization), crate
                    ::escape::Segment(name)
                ),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .put(url)
            .json(&body)
            .query(&progenitor_client::QueryParam::new("overwrite", &overwrite))
            .build()?;
        let info = OperationInfo {
            operation_id: "createStack",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Delete a stack

 Deletes a stack. Caches of the CDN and of browsers keep its renderings. Requires the role `write`.

 Reference: <https://rokka.io/documentation/references/stacks.html>

 Sends a `DELETE` request to `/stacks/{organization}/{name}`

 Arguments:
 - `organization`: Name of the organization.
 - `name`: Name of the stack.*/
    pub async fn delete_stack<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        name: &'a types::StackName,
    ) -> Result<ResponseValue<()>, Error<()>> {
        let url = self
            .inner
            .url(
                &format!(
                    "/stacks/{}/{}", crate ::escape::Segment(organization), crate
                    ::escape::Segment(name)
                ),
            );
        #[allow(unused_mut)]
        let mut request = self.client.delete(url).build()?;
        let info = OperationInfo {
            operation_id: "deleteStack",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => Ok(ResponseValue::empty(response)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Invalidate the CDN cache of a stack

 Invalidates everything rendered with a stack in the CDN, or with all stacks when the name is `*`. Success means that the invalidation was accepted; it takes effect a few seconds later. Browsers keep their copies. Limited to 5 requests an hour. Requires the role `write` and a paid plan. Do not retry a 503 automatically: the service has already made several attempts.

 Reference: <https://rokka.io/documentation/guides/render-caches-and-invalidation.html>

 Sends a `DELETE` request to `/stacks/{organization}/{name}/cache`

 Arguments:
 - `organization`: Name of the organization.
 - `name`: Name of the stack, or `*` for all stacks.*/
    pub async fn delete_stack_cache<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        name: &'a types::StackNameOrAll,
    ) -> Result<ResponseValue<types::CacheInvalidation>, Error<()>> {
        let url = self
            .inner
            .url(
                &format!(
                    "/stacks/{}/{}/cache", crate ::escape::Segment(organization), crate
                    ::escape::Segment(name)
                ),
            );
        #[allow(unused_mut)]
        let mut request = self.client.delete(url).build()?;
        let info = OperationInfo {
            operation_id: "deleteStackCache",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Read the statistics of an organization

 Returns storage, number of files and traffic per day, newest first. Days without data are omitted. Values may have decimals. Requires a membership; presumably the role `read`.

 Reference: <https://rokka.io/documentation/references/stats.html>

 Sends a `GET` request to `/stats/{organization}`

 Arguments:
 - `organization`: Name of the organization.
 - `from`: First day (`YYYY-MM-DD`), inclusive. Default: 30 days ago.
 - `to`: Last day (`YYYY-MM-DD`), inclusive. Default: today.*/
    pub async fn get_stats<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        from: Option<&'a ::chrono::naive::NaiveDate>,
        to: Option<&'a ::chrono::naive::NaiveDate>,
    ) -> Result<ResponseValue<types::Stats>, Error<()>> {
        let url = self
            .inner
            .url(&format!("/stats/{}", crate ::escape::Segment(organization)));
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .query(&progenitor_client::QueryParam::new("from", &from))
            .query(&progenitor_client::QueryParam::new("to", &to))
            .build()?;
        let info = OperationInfo {
            operation_id: "getStats",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Read the current user

 Returns the user that the credentials belong to. Its id is called `user_id` here and `id` in the response of `createUser`. A user with a public role (`read`, `upload` or `sourceimages:read` anywhere) gets `user_id` alone, or 403: the documentation contradicts itself. Old responses contain `user_id` only.

 Reference: <https://rokka.io/documentation/references/users-and-memberships.html>

 Sends a `GET` request to `/user`*/
    pub async fn get_user<'a>(
        &'a self,
    ) -> Result<ResponseValue<types::CurrentUser>, Error<()>> {
        let url = self.inner.url("/user");
        #[allow(unused_mut)]
        let mut request = self.client.get(url).build()?;
        let info = OperationInfo {
            operation_id: "getUser",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** List members and API keys of all administered organizations

 Returns one item per organization and member, with the metadata of the member's keys, for every organization in which the current user has `admin:read` (or `admin`). Meant for audits. Stops after 50 organizations and sets `truncated`; there are no further pages. Keys and signing keys are not included. Fails with 403 for a user without `admin:read` anywhere, or with a public role (`read`, `upload`, `sourceimages:read`) in any organization.

 Reference: <https://rokka.io/documentation/references/users-and-memberships.html>

 Sends a `GET` request to `/user/admin/apikeys`*/
    pub async fn list_user_admin_api_keys<'a>(
        &'a self,
    ) -> Result<ResponseValue<types::AdminApiKeyOverview>, Error<()>> {
        let url = self.inner.url("/user/admin/apikeys");
        #[allow(unused_mut)]
        let mut request = self.client.get(url).build()?;
        let info = OperationInfo {
            operation_id: "listUserAdminApiKeys",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded_list(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** List the API keys of the current user

 Returns the metadata of the current user's keys, five at most, as a bare array; the keys themselves cannot be read again. Fails with 403 for users with a public role (`read`, `upload` or `sourceimages:read` anywhere) unless the key in use is trusted.

 Reference: <https://rokka.io/documentation/references/users-and-memberships.html>

 Sends a `GET` request to `/user/apikeys`*/
    pub async fn list_user_api_keys<'a>(
        &'a self,
    ) -> Result<ResponseValue<::std::vec::Vec<types::ApiKey>>, Error<()>> {
        let url = self.inner.url("/user/apikeys");
        #[allow(unused_mut)]
        let mut request = self.client.get(url).build()?;
        let info = OperationInfo {
            operation_id: "listUserApiKeys",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Add an API key to the current user

 Creates a further key; a user has at most five (the status for a sixth is undocumented). Only this response contains the key; apart from that it repeats just the properties of the request. Do not retry this request automatically: each one creates another key. Fails with 403 for users with a public role unless the key in use is trusted.

 Reference: <https://rokka.io/documentation/references/users-and-memberships.html>

 Sends a `POST` request to `/user/apikeys`

 Arguments:
 - `body`: Properties of the key; an empty object sets all defaults.*/
    pub async fn create_user_api_key<'a>(
        &'a self,
        body: &'a types::ApiKeyDefinition,
    ) -> Result<ResponseValue<types::ApiKey>, Error<()>> {
        let url = self.inner.url("/user/apikeys");
        #[allow(unused_mut)]
        let mut request = self.client.post(url).json(&body).build()?;
        let info = OperationInfo {
            operation_id: "createUserApiKey",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Read the API key in use

 Returns the metadata of the key that authenticates the request; for a token, of the key it was created from. The secret is not included. Fails with 403 for users with a public role unless the key in use is trusted.

 Reference: <https://rokka.io/documentation/references/users-and-memberships.html>

 Sends a `GET` request to `/user/apikeys/current`*/
    pub async fn get_user_api_key_current<'a>(
        &'a self,
    ) -> Result<ResponseValue<types::ApiKey>, Error<()>> {
        let url = self.inner.url("/user/apikeys/current");
        #[allow(unused_mut)]
        let mut request = self.client.get(url).build()?;
        let info = OperationInfo {
            operation_id: "getUserApiKeyCurrent",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Get a token

 Creates a short-lived token from an API key or from a renewable token. A token has the rights that its key has when the token is used, and becomes invalid with that key. Always send `no_ip_protection` or `ips`, because the default binding to the caller's address is not guaranteed; sending both fails with 400. A single token cannot be revoked; delete its key instead. A refresh needs an unexpired token with `rn` in its payload; the lifetime cannot exceed that of the token it replaces, and 403 means that the refresh was refused. For a key that requires a second factor, the status is 401 with `mfa_required`: use `createUserToken`.

 Reference: <https://rokka.io/documentation/guides/authentication.html>

 Sends a `GET` request to `/user/apikeys/token`

 Arguments:
 - `expires_in`: Lifetime in seconds. A refreshed token cannot exceed the `expt` of the token it replaces (403).
 - `ips`: Addresses and networks that may use the token, separated by commas: at most 10 entries and 10000 addresses. `request_ip` means the caller's address, which is also the default.
 - `no_ip_protection`: `true` creates a token that is valid from every address. Excludes `ips`.
 - `renewable`: Whether the token can be refreshed before it expires. Default: true for a token bound to addresses, otherwise false.*/
    pub async fn get_user_token<'a>(
        &'a self,
        expires_in: Option<::std::num::NonZeroU64>,
        ips: Option<&'a str>,
        no_ip_protection: Option<bool>,
        renewable: Option<bool>,
    ) -> Result<ResponseValue<types::Token>, Error<()>> {
        let url = self.inner.url("/user/apikeys/token");
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .query(&progenitor_client::QueryParam::new("expires_in", &expires_in))
            .query(&progenitor_client::QueryParam::new("ips", &ips))
            .query(
                &progenitor_client::QueryParam::new(
                    "no_ip_protection",
                    &no_ip_protection,
                ),
            )
            .query(&progenitor_client::QueryParam::new("renewable", &renewable))
            .build()?;
        let info = OperationInfo {
            operation_id: "getUserToken",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Get a token with a second factor

 Creates a token as `getUserToken` does. A key that requires a second factor needs this form, with the code in the body and the API key as credentials. Never put the code into the query. A token has the rights that its key has when the token is used, and becomes invalid with that key. Always send `no_ip_protection` or `ips`, because the default binding to the caller's address is not guaranteed; sending both fails with 400. A single token cannot be revoked; delete its key instead. Failures: 401 with `totp_invalid` for a wrong, missing or used code, 401 with `mfa_enrollment_required` while the user has no active second factor, 429 with `totp_rate_limited` after too many wrong codes (do not retry these). A refresh needs no new code; 403 means that it was refused.

 Reference: <https://rokka.io/documentation/guides/authentication.html>

 Sends a `POST` request to `/user/apikeys/token`

 Arguments:
 - `expires_in`: Lifetime in seconds. A refreshed token cannot exceed the `expt` of the token it replaces (403).
 - `ips`: Addresses and networks that may use the token, separated by commas: at most 10 entries and 10000 addresses. `request_ip` means the caller's address, which is also the default.
 - `no_ip_protection`: `true` creates a token that is valid from every address. Excludes `ips`.
 - `renewable`: Whether the token can be refreshed before it expires. Default: true for a token bound to addresses, otherwise false.
 - `body`: The code, for keys that require a second factor. Otherwise send no body.*/
    pub async fn create_user_token<'a>(
        &'a self,
        expires_in: Option<::std::num::NonZeroU64>,
        ips: Option<&'a str>,
        no_ip_protection: Option<bool>,
        renewable: Option<bool>,
        body: &'a types::TotpCode,
    ) -> Result<ResponseValue<types::Token>, Error<()>> {
        let url = self.inner.url("/user/apikeys/token");
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .json(&body)
            .query(&progenitor_client::QueryParam::new("expires_in", &expires_in))
            .query(&progenitor_client::QueryParam::new("ips", &ips))
            .query(
                &progenitor_client::QueryParam::new(
                    "no_ip_protection",
                    &no_ip_protection,
                ),
            )
            .query(&progenitor_client::QueryParam::new("renewable", &renewable))
            .build()?;
        let info = OperationInfo {
            operation_id: "createUserToken",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Delete an API key of the current user

 Deletes a key and every token created from it. The key in use cannot be deleted (status undocumented). Fails with 403 for users with a public role unless the key in use is trusted.

 Reference: <https://rokka.io/documentation/references/users-and-memberships.html>

 Sends a `DELETE` request to `/user/apikeys/{keyId}`

 Arguments:
 - `key_id`: Id of the API key (not the key itself).*/
    pub async fn delete_user_api_key<'a>(
        &'a self,
        key_id: &'a types::KeyId,
    ) -> Result<ResponseValue<()>, Error<()>> {
        let url = self
            .inner
            .url(&format!("/user/apikeys/{}", crate ::escape::Segment(key_id)));
        #[allow(unused_mut)]
        let mut request = self.client.delete(url).build()?;
        let info = OperationInfo {
            operation_id: "deleteUserApiKey",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => Ok(ResponseValue::empty(response)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Change an API key of the current user

 Changes at least one property; omitted properties stay, null (or an empty list of addresses) clears. Restrictions apply immediately, also to existing tokens. A change that would lock out the key in use fails with 400 unless `force` is true. Keys of 32 characters, created before December 2021, cannot be restricted, trusted or protected by a second factor. Fails with 403 for users with a public role unless the key in use is trusted.

 Reference: <https://rokka.io/documentation/references/users-and-memberships.html>

 Sends a `PATCH` request to `/user/apikeys/{keyId}`

 Arguments:
 - `key_id`: Id of the API key (not the key itself).
 - `force`: Accept that the change locks out the key in use.
 - `body`: The properties to change.*/
    pub async fn patch_user_api_key<'a>(
        &'a self,
        key_id: &'a types::KeyId,
        force: Option<bool>,
        body: &'a types::ApiKeyPatch,
    ) -> Result<ResponseValue<types::ApiKey>, Error<()>> {
        let url = self
            .inner
            .url(&format!("/user/apikeys/{}", crate ::escape::Segment(key_id)));
        #[allow(unused_mut)]
        let mut request = self
            .client
            .patch(url)
            .json(&body)
            .query(&progenitor_client::QueryParam::new("force", &force))
            .build()?;
        let info = OperationInfo {
            operation_id: "patchUserApiKey",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** List the memberships of the current user

 Returns the organizations of the current user and its roles in them. Fails with 403 for users with a public role (`read`, `upload` or `sourceimages:read` anywhere) unless the key in use is trusted.

 Reference: <https://rokka.io/documentation/references/users-and-memberships.html>

 Sends a `GET` request to `/user/memberships`*/
    pub async fn list_user_memberships<'a>(
        &'a self,
    ) -> Result<ResponseValue<types::UserMembershipList>, Error<()>> {
        let url = self.inner.url("/user/memberships");
        #[allow(unused_mut)]
        let mut request = self.client.get(url).build()?;
        let info = OperationInfo {
            operation_id: "listUserMemberships",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded_list(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Read the state of the second factor

 Returns whether the current user has a second factor (time-based one-time codes). One setup per user applies to all keys. Fails with 403 for users with a public role unless the key in use is trusted.

 Reference: <https://rokka.io/documentation/guides/authentication.html>

 Sends a `GET` request to `/user/mfa/totp`*/
    pub async fn get_user_mfa_totp<'a>(
        &'a self,
    ) -> Result<ResponseValue<types::TotpStatus>, Error<()>> {
        let url = self.inner.url("/user/mfa/totp");
        #[allow(unused_mut)]
        let mut request = self.client.get(url).build()?;
        let info = OperationInfo {
            operation_id: "getUserMfaTotp",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Start the setup of the second factor

 Creates a new secret for an authenticator app; `confirmUserMfaTotp` activates it. An unconfirmed secret is replaced. The status is 409 while a second factor is active. Fails with 403 for users with a public role unless the key in use is trusted.

 Reference: <https://rokka.io/documentation/guides/authentication.html>

 Sends a `POST` request to `/user/mfa/totp`*/
    pub async fn create_user_mfa_totp<'a>(
        &'a self,
    ) -> Result<ResponseValue<types::TotpSetup>, Error<()>> {
        let url = self.inner.url("/user/mfa/totp");
        #[allow(unused_mut)]
        let mut request = self.client.post(url).build()?;
        let info = OperationInfo {
            operation_id: "createUserMfaTotp",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Remove the second factor

 Removes the second factor and clears `requires_mfa` on all keys of the user. This DELETE needs a JSON body with a valid code, which some HTTP tools drop. Failures: 401 with `totp_invalid` for a wrong or used code, 429 with `totp_rate_limited` after too many, 403 for users with a public role unless the key in use is trusted.

 Reference: <https://rokka.io/documentation/guides/authentication.html>

 Sends a `DELETE` request to `/user/mfa/totp`

 Arguments:
 - `body`: A valid code.*/
    pub async fn delete_user_mfa_totp<'a>(
        &'a self,
        body: &'a types::TotpCode,
    ) -> Result<ResponseValue<()>, Error<()>> {
        let url = self.inner.url("/user/mfa/totp");
        #[allow(unused_mut)]
        let mut request = self.client.delete(url).json(&body).build()?;
        let info = OperationInfo {
            operation_id: "deleteUserMfaTotp",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => Ok(ResponseValue::empty(response)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Activate the second factor

 Activates the second factor by a code of the pending secret. Failures: 401 with `totp_invalid` for a wrong or used code, 429 with `totp_rate_limited` after too many (do not retry these), 403 for users with a public role unless the key in use is trusted.

 Reference: <https://rokka.io/documentation/guides/authentication.html>

 Sends a `POST` request to `/user/mfa/totp/confirm`

 Arguments:
 - `body`: The first code of the authenticator app.*/
    pub async fn confirm_user_mfa_totp<'a>(
        &'a self,
        body: &'a types::TotpCode,
    ) -> Result<ResponseValue<types::TotpStatus>, Error<()>> {
        let url = self.inner.url("/user/mfa/totp/confirm");
        #[allow(unused_mut)]
        let mut request = self.client.post(url).json(&body).build()?;
        let info = OperationInfo {
            operation_id: "confirmUserMfaTotp",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Create a user

 Creates a user and returns its first API key, which is shown only here and sent by e-mail. With `organization`, the request also creates an organization with the user as its admin; omit the field otherwise, because null is not accepted. Needs no credentials. Do not retry this request automatically: each one creates another user. The status for an existing name is undocumented.

 Reference: <https://rokka.io/documentation/references/users-and-memberships.html>

 Sends a `POST` request to `/users`

 Arguments:
 - `body`: The new user.*/
    pub async fn create_user<'a>(
        &'a self,
        body: &'a types::UserDefinition,
    ) -> Result<ResponseValue<types::NewUser>, Error<()>> {
        let url = self.inner.url("/users");
        #[allow(unused_mut)]
        let mut request = self.client.post(url).json(&body).build()?;
        let info = OperationInfo {
            operation_id: "createUser",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /** Sign a render URL

 Returns a render URL with the signature that protected images and stacks require. Meant for experiments: in production, compute the signature locally with a signing key of the organization.

 Sources disagree on the encoding of the request: the reference sends `url` as a form field, one client a JSON body, and another one a query string with `until` and `roundDateUpTo`. JSON comes first here.

 Presumably requires the role `admin`, because a signing key is used.

 Reference: <https://rokka.io/documentation/references/protected-images-and-stacks.html>

 Sends a `POST` request to `/utils/{organization}/sign_url`

 Arguments:
 - `organization`: Name of the organization.
 - `body`: The URL to sign and the lifetime of the signature.*/
    pub async fn sign_url<'a>(
        &'a self,
        organization: &'a types::OrganizationName,
        body: &'a types::SignUrlRequest,
    ) -> Result<ResponseValue<types::SignedUrl>, Error<()>> {
        let url = self
            .inner
            .url(&format!("/utils/{}/sign_url", crate ::escape::Segment(organization)));
        #[allow(unused_mut)]
        let mut request = self.client.post(url).json(&body).build()?;
        let info = OperationInfo {
            operation_id: "signUrl",
        };
        let result = self.exec(request, &info).await;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => crate::transport::decoded(response),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
}
/// Operations whose response is a file, which the transport streams instead of reading it into memory.
pub(crate) const BINARY_OPERATIONS: &[&str] = &[
    "downloadSourceImages",
    "downloadSourceImage",
];
/// Operations that are idempotent although their HTTP method is not.
pub(crate) const IDEMPOTENT: &[&str] = &[
    "copyMultipleSourceImages",
    "copySourceImage",
    "createSourceImageAutodescription",
    "createSourceImageAutolabel",
    "createSourceImageContentCredentials",
    "restoreSourceImage",
    "signUrl",
];
/// Operations that create something new every time or use up a one-time code, whatever their HTTP method.
pub(crate) const NON_IDEMPOTENT: &[&str] = &[
    "confirmUserMfaTotp",
    "createMembershipAndUser",
    "createUser",
    "createUserApiKey",
    "createUserToken",
    "deleteUserMfaTotp",
];
/// Operations whose response can contain a secret; errors redact its body.
pub(crate) const SECRET_RESPONSES: &[&str] = &[
    "createMembership",
    "createMembershipAndUser",
    "createOrganization",
    "createOrganizationOptions",
    "createUser",
    "createUserApiKey",
    "createUserMfaTotp",
    "createUserToken",
    "getMembership",
    "getOrganization",
    "getUser",
    "getUserApiKeyCurrent",
    "getUserToken",
    "listMemberships",
    "listUserAdminApiKeys",
    "listUserApiKeys",
    "patchUserApiKey",
    "putOrganizationOption",
];
/// Every operation of the description, by its id.
pub(crate) static DESCRIBED: &[crate::api::ApiOperation] = &[
    crate::api::ApiOperation {
        id: "confirmUserMfaTotp",
        method: "POST",
        path: "/user/mfa/totp/confirm",
        on_render_host: false,
        summary: "Activate the second factor",
        description: "Activates the second factor by a code of the pending secret. Failures: 401 with `totp_invalid` for a wrong or used code, 429 with `totp_rate_limited` after too many (do not retry these), 403 for users with a public role unless the key in use is trusted.",
        reference: "https://rokka.io/documentation/guides/authentication.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "totp",
                place: crate::api::ParameterPlace::Field,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "The current code of the authenticator app, a string of digits. Each code works once.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::Json {
            required: true,
            open: false,
        },
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "copyMultipleSourceImages",
        method: "POST",
        path: "/sourceimages/{organization}/copy",
        on_render_host: false,
        summary: "Copy several source images to another organization",
        description: "Copies up to 100 images, with their metadata, to the organization named in the `Destination` header. The copies are independent of the originals.\n\nRequires the right to read images here and to write images in the destination. A 404 may mean that no image was copied.",
        reference: "https://rokka.io/documentation/references/source-images.html#copy-a-source-image-to-another-organization",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "Destination",
                place: crate::api::ParameterPlace::Header,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the destination organization; a bare name, not a URL.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "Overwrite",
                place: crate::api::ParameterPlace::Header,
                required: false,
                kind: crate::api::ParameterKind::Text,
                description: "`F` refuses to overwrite an existing image. Any other value, or none, overwrites it.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::Json {
            required: true,
            open: false,
        },
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "copySourceImage",
        method: "POST",
        path: "/sourceimages/{organization}/{hash}/copy",
        on_render_host: false,
        summary: "Copy a source image to another organization",
        description: "Copies one image, with its metadata, to the organization named in the `Destination` header, under the same hash. The copy is independent of the original. The service also offers this as the HTTP method `COPY` on the image itself, which OpenAPI 3.0 cannot express.\n\nRequires the right to read images here and to write images in the destination. 400: the destination does not exist. 412: the image already exists there and the request has `Overwrite: F`.",
        reference: "https://rokka.io/documentation/references/source-images.html#copy-a-source-image-to-another-organization",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "hash",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Hash of the source image, full or short (6 to 40 hexadecimal digits).",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "Destination",
                place: crate::api::ParameterPlace::Header,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the destination organization; a bare name, not a URL.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "Overwrite",
                place: crate::api::ParameterPlace::Header,
                required: false,
                kind: crate::api::ParameterKind::Text,
                description: "`F` refuses to overwrite an existing image. Any other value, or none, overwrites it.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "createMembership",
        method: "PUT",
        path: "/organizations/{organization}/memberships/{userId}",
        on_render_host: false,
        summary: "Add a user to an organization or change the roles of a member",
        description: "Sets the roles of an existing user in the organization, in place of any previous ones. Send `roles` or a single `role`. Fails with 404 for an unknown user, and with 409 when the last active admin would lose that role. Requires the role `admin`.",
        reference: "https://rokka.io/documentation/references/users-and-memberships.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "userId",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Id of the user.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "comment",
                place: crate::api::ParameterPlace::Field,
                required: false,
                kind: crate::api::ParameterKind::Text,
                description: "Text for people.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "role",
                place: crate::api::ParameterPlace::Field,
                required: false,
                kind: crate::api::ParameterKind::Text,
                description: "Role of a member. `admin` includes everything; `write` includes `read`, `upload`, `sourceimages:read`, `sourceimages:write`, `sourceimages:download:protected` and `billing:read`; `admin:read` and `read` include `sourceimages:read` and `sourceimages:download:protected`, the former also `read`; `sourceimages:write` includes `upload` and `sourceimages:read`. Others may be added.",
                values: &[
                    "admin",
                    "write",
                    "admin:read",
                    "read",
                    "upload",
                    "sourceimages:read",
                    "sourceimages:write",
                    "sourceimages:unlock",
                    "sourceimages:download:protected",
                    "billing:read",
                ],
            },
            crate::api::ApiParameter {
                name: "roles",
                place: crate::api::ParameterPlace::Field,
                required: false,
                kind: crate::api::ParameterKind::Json,
                description: "Complete list of the user's roles, at least one.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::Json {
            required: true,
            open: false,
        },
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "createMembershipAndUser",
        method: "POST",
        path: "/organizations/{organization}/memberships",
        on_render_host: false,
        summary: "Create a user as a member of an organization",
        description: "Creates a user with the e-mail address of the caller, makes it a member, and returns its API key, which is shown only here. Useful for a key with fewer rights or for a replacement key. Do not retry this request automatically: each one creates another user. After a 400, nothing was created; `requires_mfa` for a public role (`read`, `upload`, `sourceimages:read`) without `trusted` also fails with 400. Requires the role `admin`.",
        reference: "https://rokka.io/documentation/references/users-and-memberships.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "api_key",
                place: crate::api::ParameterPlace::Field,
                required: false,
                kind: crate::api::ParameterKind::Json,
                description: "Properties of a new API key, all optional.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "comment",
                place: crate::api::ParameterPlace::Field,
                required: false,
                kind: crate::api::ParameterKind::Text,
                description: "Text for people.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "roles",
                place: crate::api::ParameterPlace::Field,
                required: true,
                kind: crate::api::ParameterKind::Json,
                description: "Complete list of the user's roles, at least one.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::Json {
            required: true,
            open: false,
        },
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "createOrganization",
        method: "PUT",
        path: "/organizations/{organization}",
        on_render_host: false,
        summary: "Create an organization",
        description: "Creates an organization with the name in the path and makes the current user its admin. Names consist of lower-case letters, digits and dashes; other names fail with 400. The status for an existing name is undocumented. Any user may create one.",
        reference: "https://rokka.io/documentation/guides/create-an-organization.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "billing_email",
                place: crate::api::ParameterPlace::Field,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Billing address.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "display_name",
                place: crate::api::ParameterPlace::Field,
                required: false,
                kind: crate::api::ParameterKind::Text,
                description: "Name for people.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "master_organization",
                place: crate::api::ParameterPlace::Field,
                required: false,
                kind: crate::api::ParameterKind::Text,
                description: "Name of an organization: lower-case letters, digits and dashes.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::Json {
            required: true,
            open: false,
        },
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "createOrganizationOptions",
        method: "PUT",
        path: "/organizations/{organization}/options",
        on_render_host: false,
        summary: "Set options of an organization",
        description: "Sets the options in the request. Requires the role `admin`.",
        reference: "https://rokka.io/documentation/references/organizations.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "protect_dynamic_stack",
                place: crate::api::ParameterPlace::Field,
                required: false,
                kind: crate::api::ParameterKind::Boolean,
                description: "Whether the stack `dynamic` (and IIIF) requires signed URLs.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "remote_basepath",
                place: crate::api::ParameterPlace::Field,
                required: false,
                kind: crate::api::ParameterKind::Text,
                description: "Prefix of the URLs that remote images are fetched from; starts with `http://` or `https://`.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "remote_fullurl_allow",
                place: crate::api::ParameterPlace::Field,
                required: false,
                kind: crate::api::ParameterKind::Boolean,
                description: "Whether render URLs may contain the full URL of a remote image.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "remote_fullurl_whitelist",
                place: crate::api::ParameterPlace::Field,
                required: false,
                kind: crate::api::ParameterKind::Json,
                description: "Regular expressions; only remote URLs that match one are fetched. Null means no limit.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "render_org_fallback",
                place: crate::api::ParameterPlace::Field,
                required: false,
                kind: crate::api::ParameterKind::Text,
                description: "Organization whose images are rendered when this one has no image of that hash. The caller must be an admin of both.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::Json {
            required: true,
            open: false,
        },
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "createSourceImage",
        method: "POST",
        path: "/sourceimages/{organization}",
        on_render_host: false,
        summary: "Upload source images",
        description: "Stores one or more images, sent as file parts or fetched by the service from public URLs. Parts of one image share a zero-based index: `meta_user[0]` describes the first file or URL, `meta_user[1]` the second, and so on; `[]` in place of a number means the next index. The schema lists index 0 only.\n\nThe service stores the same bytes once: for a file that the organization already has, the response contains the existing image, with the new metadata merged into its own. Repeating an upload with the same options is therefore safe.\n\nLimits: a file may have about 1180 MB, or 1.8 GB with `optimize_source`, and an image 225 megapixels; JPEG files may exceed that. Accepted formats: images (AVIF, EPS, GIF, HEIC, JPEG, JPEG XL, PNG, PSD, SVG, TIFF, WebP), PDF, videos (MOV, MP4) and TrueType fonts; organizations with a paid plan may store further formats.\n\nThe response lists the images in the order of the request. Undocumented: the response when only some of several files could be stored.\n\nRequires the role `upload`.",
        reference: "https://rokka.io/documentation/references/source-images.html#create-a-source-image",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "filedata",
                place: crate::api::ParameterPlace::Part,
                required: false,
                kind: crate::api::ParameterKind::File,
                description: "The bytes of a file; the part needs a file name.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "meta_dynamic[0]",
                place: crate::api::ParameterPlace::Part,
                required: false,
                kind: crate::api::ParameterKind::Json,
                description: "Dynamic metadata to set during the upload, by kind.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "meta_static[0]",
                place: crate::api::ParameterPlace::Part,
                required: false,
                kind: crate::api::ParameterKind::Json,
                description: "Metadata that the service detects while it stores an image.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "meta_user[0]",
                place: crate::api::ParameterPlace::Part,
                required: false,
                kind: crate::api::ParameterKind::Json,
                description: "User metadata to set, by field name. Values: string (no prefix, `str:` or `text:`), integer (`int:`), number (`double:`), `YYYY-MM-DDThh:mm:ssZ` (`date:`), `\"latitude,longitude\"` (`latlon:`), array of strings (`array:`, `array_text:`). `null` removes a field in a PATCH request.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "optimize_source",
                place: crate::api::ParameterPlace::Part,
                required: false,
                kind: crate::api::ParameterKind::Text,
                description: "Converts the stored file and drops the uploaded bytes: `true` converts TIFF and PSD to lossless PNG, `jpg` converts to JPEG (WebP if there is transparency), `png` converts to PNG. Applies to the whole request; omit it to keep files unchanged.",
                values: &["true", "jpg", "png"],
            },
            crate::api::ApiParameter {
                name: "options[0]",
                place: crate::api::ParameterPlace::Part,
                required: false,
                kind: crate::api::ParameterKind::Json,
                description: "Options of an image to store.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "url[0]",
                place: crate::api::ParameterPlace::Part,
                required: false,
                kind: crate::api::ParameterKind::Text,
                description: "Public address from which the service fetches the file. For a video, a trailing `@HH:MM:SS` takes that single frame.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::Form,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "createSourceImageAlias",
        method: "PUT",
        path: "/sourceimages/{organization}/alias/{alias}",
        on_render_host: false,
        summary: "Create or move an alias",
        description: "Points a name to an image. An existing alias is moved only with `overwrite=true`; otherwise the request fails (presumably with 409). Sources disagree whether the status of success is 200 or 201. After a move, caches keep the old renderings until they are invalidated.\n\nRequires the role `sourceimages:write`.",
        reference: "https://rokka.io/documentation/references/source-images-aliases.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "alias",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the alias.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "overwrite",
                place: crate::api::ParameterPlace::Query,
                required: false,
                kind: crate::api::ParameterKind::Boolean,
                description: "Move an existing alias.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "hash",
                place: crate::api::ParameterPlace::Field,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Hash of a source image: 6 to 40 hexadecimal digits; a short hash works like the full one.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::Json {
            required: true,
            open: false,
        },
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "createSourceImageAutodescription",
        method: "POST",
        path: "/sourceimages/{organization}/{hash}/autodescription",
        on_render_host: false,
        summary: "Describe a source image automatically",
        description: "Generates alternative texts in the given languages and stores them in the user metadata; the field names are not documented. Existing texts stay unless `force` is true.\n\nRequires the role `sourceimages:write` and a paid plan (403 otherwise).",
        reference: "https://rokka.io/documentation/references/auto-descriptions.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "hash",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Hash of the source image, full or short (6 to 40 hexadecimal digits).",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "force",
                place: crate::api::ParameterPlace::Field,
                required: false,
                kind: crate::api::ParameterKind::Boolean,
                description: "Replace existing texts.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "languages",
                place: crate::api::ParameterPlace::Field,
                required: true,
                kind: crate::api::ParameterKind::Json,
                description: "Language codes; English, German, French and Italian (`en`, `de`, `fr`, `it`) are supported.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::Json {
            required: true,
            open: false,
        },
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "createSourceImageAutolabel",
        method: "POST",
        path: "/sourceimages/{organization}/{hash}/autolabel",
        on_render_host: false,
        summary: "Label a source image automatically",
        description: "Detects what the image shows and stores labels in the user metadata, by convention in `array:labels`; the field names are not documented.\n\nRequires the role `sourceimages:write` and a paid plan (403 otherwise).",
        reference: "https://rokka.io/documentation/references/source-images.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "hash",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Hash of the source image, full or short (6 to 40 hexadecimal digits).",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "createSourceImageContentCredentials",
        method: "POST",
        path: "/sourceimages/{organization}/{hash}/contentcredentials",
        on_render_host: false,
        summary: "Refresh the content credentials of a source image",
        description: "Reads the C2PA manifest of the original again and stores it under `content_credentials` of the static metadata. The hash stays the same.\n\nRequires the role `sourceimages:write` or `write`.",
        reference: "https://rokka.io/documentation/references/source-images.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "hash",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Hash of the source image, full or short (6 to 40 hexadecimal digits).",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "createSourceImageMetaDynamicWithName",
        method: "PUT",
        path: "/sourceimages/{organization}/{hash}/meta/dynamic/{metaName}",
        on_render_host: false,
        summary: "Set dynamic metadata",
        description: "Sets one kind of dynamic metadata, such as the subject area. Dynamic metadata is part of an image's identity, so the image gets another hash: read it from `Location` (absolute or relative), or from the body if that header is missing. If an image with that hash already exists, the service returns it unchanged, with its own user metadata. The image under the previous hash stays unless `deletePrevious=true`.\n\n`keepHash=true` edits the image in place instead. The hash then no longer identifies one version of the image: `Location` repeats it, and a `Warning` header states that CDN and browsers keep cached renderings, browsers for up to a year. Both flags together fail with 400.\n\nRequires the role `sourceimages:write`. `detection_face` requires a paid plan (403 otherwise).",
        reference: "https://rokka.io/documentation/references/dynamic-metadata.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "hash",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Hash of the source image, full or short (6 to 40 hexadecimal digits).",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "metaName",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Kind of dynamic metadata: `subject_area`, `crop_area`, `multi_areas`, `version`, `detection_face`, `linked`, or a later one.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "deletePrevious",
                place: crate::api::ParameterPlace::Query,
                required: false,
                kind: crate::api::ParameterKind::Boolean,
                description: "Delete the image under the previous hash when the hash changes.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "keepHash",
                place: crate::api::ParameterPlace::Query,
                required: false,
                kind: crate::api::ParameterKind::Boolean,
                description: "Edit in place and keep the hash. Excludes `deletePrevious`.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::Json {
            required: true,
            open: true,
        },
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "createSourceImageMetaUser",
        method: "PUT",
        path: "/sourceimages/{organization}/{hash}/meta/user",
        on_render_host: false,
        summary: "Replace all user metadata",
        description: "Replaces all fields by the given ones. Field names have at most 54 lower-case letters, digits and underscores, after an optional type prefix (`str:`, `text:`, `int:`, `double:`, `date:`, `latlon:`, `array:`, `array_text:`); other names fail with 400. The hash stays the same. Fails for a locked image.\n\nRequires the role `sourceimages:write`.",
        reference: "https://rokka.io/documentation/references/user-metadata.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "hash",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Hash of the source image, full or short (6 to 40 hexadecimal digits).",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::Json {
            required: true,
            open: true,
        },
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "createSourceImageMetaUserWthName",
        method: "PUT",
        path: "/sourceimages/{organization}/{hash}/meta/user/{metaName}",
        on_render_host: false,
        summary: "Set one user metadata field",
        description: "Sets one field to a bare JSON value (strings with quotes) and keeps all others. Whether the name may have a type prefix is not documented; use `patchSourceImageMetaUser` for typed fields. The hash stays the same. Fails for a locked image.\n\nThe operation id keeps the spelling of the service.\n\nRequires the role `sourceimages:write`.",
        reference: "https://rokka.io/documentation/references/user-metadata.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "hash",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Hash of the source image, full or short (6 to 40 hexadecimal digits).",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "metaName",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the user metadata field.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::Json {
            required: true,
            open: false,
        },
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "createStack",
        method: "PUT",
        path: "/stacks/{organization}/{name}",
        on_render_host: false,
        summary: "Create or overwrite a stack",
        description: "Stores a stack under a name. An existing name fails (status undocumented) unless `overwrite` is true. After an overwrite, caches keep the old renderings, browsers for up to a year, so prefer a new name in production. An overwrite cannot protect an unprotected stack. The list of operations may be empty; then only the format is converted. The option `source_file` excludes operations and all other options. Compositions nested more than five levels deep are refused. Requires the role `write`.",
        reference: "https://rokka.io/documentation/references/stacks.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "name",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the stack.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "overwrite",
                place: crate::api::ParameterPlace::Query,
                required: false,
                kind: crate::api::ParameterKind::Boolean,
                description: "Replace a stack of the same name.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "description",
                place: crate::api::ParameterPlace::Field,
                required: false,
                kind: crate::api::ParameterKind::Text,
                description: "Text for people.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "expressions",
                place: crate::api::ParameterPlace::Field,
                required: false,
                kind: crate::api::ParameterKind::Json,
                description: "Expressions that change options or variables.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "operations",
                place: crate::api::ParameterPlace::Field,
                required: true,
                kind: crate::api::ParameterKind::Json,
                description: "Steps in the order of execution. May be empty.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "options",
                place: crate::api::ParameterPlace::Field,
                required: false,
                kind: crate::api::ParameterKind::Json,
                description: "Options of a stack by name, for example `jpg.quality` (1 to 100, default 80), `autoformat` or `dpr` (1 to 10). Values are booleans, numbers, strings, null or lists of strings; see `listStackOptions`.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "variables",
                place: crate::api::ParameterPlace::Field,
                required: false,
                kind: crate::api::ParameterKind::Json,
                description: "Variables of a stack by name. Values are numbers, booleans or strings; a string is an expression that can use earlier variables, `$w / 2` for example. A render URL can override them.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::Json {
            required: true,
            open: false,
        },
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "createUser",
        method: "POST",
        path: "/users",
        on_render_host: false,
        summary: "Create a user",
        description: "Creates a user and returns its first API key, which is shown only here and sent by e-mail. With `organization`, the request also creates an organization with the user as its admin; omit the field otherwise, because null is not accepted. Needs no credentials. Do not retry this request automatically: each one creates another user. The status for an existing name is undocumented.",
        reference: "https://rokka.io/documentation/references/users-and-memberships.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "email",
                place: crate::api::ParameterPlace::Field,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "E-mail address of the user.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Field,
                required: false,
                kind: crate::api::ParameterKind::Text,
                description: "Name of an organization to create with the user, who becomes its admin. Null means none.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::Json {
            required: true,
            open: false,
        },
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "createUserApiKey",
        method: "POST",
        path: "/user/apikeys",
        on_render_host: false,
        summary: "Add an API key to the current user",
        description: "Creates a further key; a user has at most five (the status for a sixth is undocumented). Only this response contains the key; apart from that it repeats just the properties of the request. Do not retry this request automatically: each one creates another key. Fails with 403 for users with a public role unless the key in use is trusted.",
        reference: "https://rokka.io/documentation/references/users-and-memberships.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "allowed_ips",
                place: crate::api::ParameterPlace::Field,
                required: false,
                kind: crate::api::ParameterKind::Json,
                description: "Addresses and IPv4 networks that may use the key: at most 10 entries and 10000 addresses; IPv6 as single addresses only. `request_ip` is not supported here.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "comment",
                place: crate::api::ParameterPlace::Field,
                required: false,
                kind: crate::api::ParameterKind::Text,
                description: "Text for people. A string, though the documentation shows an array.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "expires",
                place: crate::api::ParameterPlace::Field,
                required: false,
                kind: crate::api::ParameterKind::Text,
                description: "When the key and every token created from it expire. Default: never.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "requires_mfa",
                place: crate::api::ParameterPlace::Field,
                required: false,
                kind: crate::api::ParameterKind::Boolean,
                description: "Whether the key can only be exchanged for a token, with a code of the second factor. Default: false.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "trusted",
                place: crate::api::ParameterPlace::Field,
                required: false,
                kind: crate::api::ParameterKind::Boolean,
                description: "Declares that the key never becomes public; it may then manage keys even if the user has a public role. Default: false.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::Json {
            required: false,
            open: false,
        },
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "createUserMfaTotp",
        method: "POST",
        path: "/user/mfa/totp",
        on_render_host: false,
        summary: "Start the setup of the second factor",
        description: "Creates a new secret for an authenticator app; `confirmUserMfaTotp` activates it. An unconfirmed secret is replaced. The status is 409 while a second factor is active. Fails with 403 for users with a public role unless the key in use is trusted.",
        reference: "https://rokka.io/documentation/guides/authentication.html",
        parameters: &[],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "createUserToken",
        method: "POST",
        path: "/user/apikeys/token",
        on_render_host: false,
        summary: "Get a token with a second factor",
        description: "Creates a token as `getUserToken` does. A key that requires a second factor needs this form, with the code in the body and the API key as credentials. Never put the code into the query. A token has the rights that its key has when the token is used, and becomes invalid with that key. Always send `no_ip_protection` or `ips`, because the default binding to the caller's address is not guaranteed; sending both fails with 400. A single token cannot be revoked; delete its key instead. Failures: 401 with `totp_invalid` for a wrong, missing or used code, 401 with `mfa_enrollment_required` while the user has no active second factor, 429 with `totp_rate_limited` after too many wrong codes (do not retry these). A refresh needs no new code; 403 means that it was refused.",
        reference: "https://rokka.io/documentation/guides/authentication.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "renewable",
                place: crate::api::ParameterPlace::Query,
                required: false,
                kind: crate::api::ParameterKind::Boolean,
                description: "Whether the token can be refreshed before it expires. Default: true for a token bound to addresses, otherwise false.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "no_ip_protection",
                place: crate::api::ParameterPlace::Query,
                required: false,
                kind: crate::api::ParameterKind::Boolean,
                description: "`true` creates a token that is valid from every address. Excludes `ips`.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "ips",
                place: crate::api::ParameterPlace::Query,
                required: false,
                kind: crate::api::ParameterKind::Text,
                description: "Addresses and networks that may use the token, separated by commas: at most 10 entries and 10000 addresses. `request_ip` means the caller's address, which is also the default.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "expires_in",
                place: crate::api::ParameterPlace::Query,
                required: false,
                kind: crate::api::ParameterKind::Integer,
                description: "Lifetime in seconds. A refreshed token cannot exceed the `expt` of the token it replaces (403).",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "totp",
                place: crate::api::ParameterPlace::Field,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "The current code of the authenticator app, a string of digits. Each code works once.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::Json {
            required: false,
            open: false,
        },
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "deleteMembership",
        method: "DELETE",
        path: "/organizations/{organization}/memberships/{userId}",
        on_render_host: false,
        summary: "Remove a user from an organization",
        description: "Removes the membership; the user and its keys stay. Fails with 404 when there is no such membership, and with 409 for the last admin. Requires the role `admin`.",
        reference: "https://rokka.io/documentation/references/users-and-memberships.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "userId",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Id of the user.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "deleteSourceImage",
        method: "DELETE",
        path: "/sourceimages/{organization}/{hash}",
        on_render_host: false,
        summary: "Delete a source image",
        description: "Deletes one image; it can be restored for 30 days. Images with the same bytes and another hash stay. The service empties its own render caches immediately; caches of the CDN and of browsers keep their content.\n\nA locked image cannot be deleted, not even by an admin; the status of that failure is not documented (400 or 403).\n\nRequires the role `sourceimages:write`.",
        reference: "https://rokka.io/documentation/references/source-images.html#delete-a-source-image",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "hash",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Hash of the source image, full or short (6 to 40 hexadecimal digits).",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "deleteSourceImageAlias",
        method: "DELETE",
        path: "/sourceimages/{organization}/alias/{alias}",
        on_render_host: false,
        summary: "Delete an alias",
        description: "Deletes the alias; the image stays. The CDN serves cached renderings until its cache is invalidated.\n\nRequires the role `sourceimages:write`.",
        reference: "https://rokka.io/documentation/references/source-images-aliases.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "alias",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the alias.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "deleteSourceImageAliasCache",
        method: "DELETE",
        path: "/sourceimages/{organization}/alias/{alias}/cache",
        on_render_host: false,
        summary: "Invalidate the CDN cache of an alias",
        description: "Invalidates all renderings made through an alias in the CDN, a few seconds after the response. Browsers keep their copies.\n\nLimited to ten requests an hour. Requires the right to write and a paid plan (403 otherwise).",
        reference: "https://rokka.io/documentation/references/source-images-aliases.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "alias",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the alias.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "deleteSourceImageCache",
        method: "DELETE",
        path: "/sourceimages/{organization}/{hash}/cache",
        on_render_host: false,
        summary: "Invalidate the CDN cache of a source image",
        description: "Invalidates all renderings of an image in the CDN, a few seconds after the response. Browsers keep their copies. While `truncated` is in the response, repeat the request.\n\nLimited to five requests an hour. Requires the right to write and a paid plan (403 otherwise).",
        reference: "https://rokka.io/documentation/guides/render-caches-and-invalidation.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "hash",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Hash of the source image, full or short (6 to 40 hexadecimal digits).",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "deleteSourceImageMetaDynamicWithName",
        method: "DELETE",
        path: "/sourceimages/{organization}/{hash}/meta/dynamic/{metaName}",
        on_render_host: false,
        summary: "Remove dynamic metadata",
        description: "Removes one kind of dynamic metadata. Dynamic metadata is part of an image's identity, so the image gets another hash: read it from `Location` (absolute or relative), or from the body if that header is missing. If an image with that hash already exists, the service returns it unchanged, with its own user metadata. The image under the previous hash stays unless `deletePrevious=true`.\n\n`keepHash=true` edits the image in place instead. The hash then no longer identifies one version of the image: `Location` repeats it, and a `Warning` header states that CDN and browsers keep cached renderings, browsers for up to a year. Both flags together fail with 400.\n\nRequires the role `sourceimages:write`.",
        reference: "https://rokka.io/documentation/references/dynamic-metadata.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "hash",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Hash of the source image, full or short (6 to 40 hexadecimal digits).",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "metaName",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Kind of dynamic metadata: `subject_area`, `crop_area`, `multi_areas`, `version`, `detection_face`, `linked`, or a later one.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "deletePrevious",
                place: crate::api::ParameterPlace::Query,
                required: false,
                kind: crate::api::ParameterKind::Boolean,
                description: "Delete the image under the previous hash when the hash changes.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "keepHash",
                place: crate::api::ParameterPlace::Query,
                required: false,
                kind: crate::api::ParameterKind::Boolean,
                description: "Edit in place and keep the hash. Excludes `deletePrevious`.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "deleteSourceImageMetaUser",
        method: "DELETE",
        path: "/sourceimages/{organization}/{hash}/meta/user",
        on_render_host: false,
        summary: "Delete all user metadata",
        description: "Removes every field. The hash stays the same. Fails for a locked image.\n\nRequires the role `sourceimages:write`.",
        reference: "https://rokka.io/documentation/references/user-metadata.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "hash",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Hash of the source image, full or short (6 to 40 hexadecimal digits).",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "deleteSourceImageMetaUserWithName",
        method: "DELETE",
        path: "/sourceimages/{organization}/{hash}/meta/user/{metaName}",
        on_render_host: false,
        summary: "Delete one user metadata field",
        description: "Removes one field and keeps all others. The hash stays the same. Fails for a locked image, and presumably with 404 for a field that is not set.\n\nRequires the role `sourceimages:write`.",
        reference: "https://rokka.io/documentation/references/user-metadata.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "hash",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Hash of the source image, full or short (6 to 40 hexadecimal digits).",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "metaName",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the user metadata field.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "deleteSourceImagesByBinaryHash",
        method: "DELETE",
        path: "/sourceimages/{organization}",
        on_render_host: false,
        summary: "Delete all source images of one binary",
        description: "Deletes every source image whose uploaded bytes have the given SHA-1, whatever its hash. Always send a value: without one, the request addresses the whole collection.\n\nEach deleted image can be restored by its own hash for 30 days.\n\nRequires the role `sourceimages:write`.",
        reference: "https://rokka.io/documentation/references/source-images.html#deleting-source-images-with-binary-hash",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "binaryHash",
                place: crate::api::ParameterPlace::Query,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "SHA-1 of the uploaded bytes.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "deleteStack",
        method: "DELETE",
        path: "/stacks/{organization}/{name}",
        on_render_host: false,
        summary: "Delete a stack",
        description: "Deletes a stack. Caches of the CDN and of browsers keep its renderings. Requires the role `write`.",
        reference: "https://rokka.io/documentation/references/stacks.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "name",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the stack.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "deleteStackCache",
        method: "DELETE",
        path: "/stacks/{organization}/{name}/cache",
        on_render_host: false,
        summary: "Invalidate the CDN cache of a stack",
        description: "Invalidates everything rendered with a stack in the CDN, or with all stacks when the name is `*`. Success means that the invalidation was accepted; it takes effect a few seconds later. Browsers keep their copies. Limited to 5 requests an hour. Requires the role `write` and a paid plan. Do not retry a 503 automatically: the service has already made several attempts.",
        reference: "https://rokka.io/documentation/guides/render-caches-and-invalidation.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "name",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the stack, or `*` for all stacks.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "deleteUserApiKey",
        method: "DELETE",
        path: "/user/apikeys/{keyId}",
        on_render_host: false,
        summary: "Delete an API key of the current user",
        description: "Deletes a key and every token created from it. The key in use cannot be deleted (status undocumented). Fails with 403 for users with a public role unless the key in use is trusted.",
        reference: "https://rokka.io/documentation/references/users-and-memberships.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "keyId",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Id of the API key (not the key itself).",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "deleteUserMfaTotp",
        method: "DELETE",
        path: "/user/mfa/totp",
        on_render_host: false,
        summary: "Remove the second factor",
        description: "Removes the second factor and clears `requires_mfa` on all keys of the user. This DELETE needs a JSON body with a valid code, which some HTTP tools drop. Failures: 401 with `totp_invalid` for a wrong or used code, 429 with `totp_rate_limited` after too many, 403 for users with a public role unless the key in use is trusted.",
        reference: "https://rokka.io/documentation/guides/authentication.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "totp",
                place: crate::api::ParameterPlace::Field,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "The current code of the authenticator app, a string of digits. Each code works once.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::Json {
            required: true,
            open: false,
        },
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "downloadSourceImage",
        method: "GET",
        path: "/sourceimages/{organization}/{hash}/download",
        on_render_host: false,
        summary: "Download an original",
        description: "Returns the stored bytes, with the media type of the file. `Content-Disposition` suggests a file name. The uploader chose it: ignore any directory in it.\n\nRequires the role `sourceimages:read`; a protected original also requires `sourceimages:download:protected`, which `admin`, `admin:read`, `write` and `read` include.",
        reference: "https://rokka.io/documentation/references/source-images.html#downloading-a-source-image",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "hash",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Hash of the source image, full or short (6 to 40 hexadecimal digits).",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::None,
        returns_file: true,
    },
    crate::api::ApiOperation {
        id: "downloadSourceImages",
        method: "GET",
        path: "/sourceimages/{organization}/download",
        on_render_host: false,
        summary: "Download the originals of a search as a ZIP archive",
        description: "Returns a ZIP archive of the original files of one search page. Takes the parameters of `listSourceImages`. The maximum number of files in an archive is not documented.\n\nRequires the role `sourceimages:read`; protected originals also require `sourceimages:download:protected`.",
        reference: "https://rokka.io/documentation/references/source-images.html#downloading-a-source-image",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "offset",
                place: crate::api::ParameterPlace::Query,
                required: false,
                kind: crate::api::ParameterKind::Text,
                description: "Number of images to skip (with `offset + limit` up to 10,000), or the `cursor` of an earlier response.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "limit",
                place: crate::api::ParameterPlace::Query,
                required: false,
                kind: crate::api::ParameterKind::Integer,
                description: "Maximum number of images to return. 0 returns only the count and the facets.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "sort",
                place: crate::api::ParameterPlace::Query,
                required: false,
                kind: crate::api::ParameterKind::Text,
                description: "Fields to sort by, each with `asc` or `desc`, separated by commas. User metadata needs its full name, for example `user:int:sku desc`. Always set a direction: the documentation contradicts itself about the default.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "deleted",
                place: crate::api::ParameterPlace::Query,
                required: false,
                kind: crate::api::ParameterKind::Boolean,
                description: "Return images deleted within the last 30 days instead of existing ones. One request cannot return both.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "facets",
                place: crate::api::ParameterPlace::Query,
                required: false,
                kind: crate::api::ParameterKind::Text,
                description: "Fields whose values to count, separated by commas; string and array fields only. Returns up to 1000 values of each.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "filters",
                place: crate::api::ParameterPlace::Query,
                required: false,
                kind: crate::api::ParameterKind::Fields,
                description: "Filters, each a query parameter of its own: the name is a field, the value an expression.\n\nFields: `hash`, `short_hash`, `binaryhash`, `mimetype`, `format`, `size`, `width`, `height`, `created`, `name`, `name_text`, `deletedDate`, and metadata as `user:{type}:{name}`, `dynamic:{type}:{kind}:{field}` or `static:{type}:{block}__{field}`. Names of other query parameters cannot be used.\n\nExpressions: a value for an exact match, `plan*` for a prefix, `[a,b]` for an inclusive range and `{a,b}` for an exclusive one (the two brackets can be mixed), `[a,}` without an upper bound. Dates need single quotes: `['2026-01-01T00:00:00Z',}`.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::None,
        returns_file: true,
    },
    crate::api::ApiOperation {
        id: "getAlbum",
        method: "GET",
        path: "/_albums/{album}/{selection}.json",
        on_render_host: true,
        summary: "Read an album",
        description: "Returns the images whose user metadata field `array:albums` contains the name of the album. Served from the render host of the organization, without credentials. How an image becomes a favourite is not documented.\n\nThe response has two known shapes: a deployed consumer reads `items`, tests of a client library show `images`. All fields are therefore optional.",
        reference: "https://rokka.io/documentation/references/user-metadata.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Host,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization: lower-case letters, digits and dashes.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "album",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the album, as in the user metadata field `array:albums`.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "selection",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "All images of the album, or its favourites.",
                values: &["all", "favorites"],
            },
        ],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "getBilling",
        method: "GET",
        path: "/billing/{organization}",
        on_render_host: false,
        summary: "Read the billing of an organization",
        description: "Returns the monthly costs of storage, traffic and rendering, in Swiss francs. Covers whole months: `from` is rounded to the first, `to` to the last day of its month. The shape is not documented; treat the response as free-form JSON. Requires the role `billing:read` (part of `write` and `admin`).",
        reference: "https://rokka.io/documentation/references/users-and-memberships.html#roles",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "from",
                place: crate::api::ParameterPlace::Query,
                required: false,
                kind: crate::api::ParameterKind::Text,
                description: "First day (`YYYY-MM-DD`), rounded down to the start of its month.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "to",
                place: crate::api::ParameterPlace::Query,
                required: false,
                kind: crate::api::ParameterKind::Text,
                description: "Last day (`YYYY-MM-DD`), rounded up to the end of its month.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "getMembership",
        method: "GET",
        path: "/organizations/{organization}/memberships/{userId}",
        on_render_host: false,
        summary: "Read one membership",
        description: "Returns the roles of one user in an organization. Requires the role `admin:read`.",
        reference: "https://rokka.io/documentation/references/users-and-memberships.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "userId",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Id of the user.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "getOrganization",
        method: "GET",
        path: "/organizations/{organization}",
        on_render_host: false,
        summary: "Read an organization",
        description: "Returns the properties and options of an organization. Requires the role `read`; only the role `admin` sees the signing keys. Fails with 404 or 403 for an unknown organization and without a membership.",
        reference: "https://rokka.io/documentation/references/organizations.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "getRoot",
        method: "GET",
        path: "/",
        on_render_host: false,
        summary: "List the resources of the API",
        description: "Returns the top-level resources and the environment. Useful for checking credentials: an unknown key fails with 403 and `invalid_authentication`.",
        reference: "https://rokka.io/documentation/guides/authentication.html",
        parameters: &[],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "getSavings",
        method: "GET",
        path: "/savings",
        on_render_host: false,
        summary: "Read the savings of rokka",
        description: "Returns free-form JSON. The documentation lists this route among those that need no credentials and does not describe the response.",
        reference: "https://rokka.io/documentation/references/users-and-memberships.html",
        parameters: &[],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "getSourceImage",
        method: "GET",
        path: "/sourceimages/{organization}/{hash}",
        on_render_host: false,
        summary: "Read a source image",
        description: "Returns one image with all its metadata. A deleted image is returned only with `deleted=true`.\n\nRequires the role `sourceimages:read`.",
        reference: "https://rokka.io/documentation/references/source-images.html#retrieve-data-about-a-source-image",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "hash",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Hash of the source image, full or short (6 to 40 hexadecimal digits).",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "deleted",
                place: crate::api::ParameterPlace::Query,
                required: false,
                kind: crate::api::ParameterKind::Boolean,
                description: "Search the deleted images.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "getSourceImageAlias",
        method: "GET",
        path: "/sourceimages/{organization}/alias/{alias}",
        on_render_host: false,
        summary: "Read an alias",
        description: "Returns the image that an alias points to. A name with characters other than letters, digits and underscores matches no route and fails with 404.\n\nRequires the role `sourceimages:read`.",
        reference: "https://rokka.io/documentation/references/source-images-aliases.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "alias",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the alias.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "getSourceImageMetaUser",
        method: "GET",
        path: "/sourceimages/{organization}/{hash}/meta/user",
        on_render_host: false,
        summary: "Read all user metadata",
        description: "Returns the fields by name. Names of non-string fields include their type prefix, for example `int:sku`.\n\nRequires the role `sourceimages:read`.",
        reference: "https://rokka.io/documentation/references/user-metadata.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "hash",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Hash of the source image, full or short (6 to 40 hexadecimal digits).",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "getSourceImageMetaUserWithName",
        method: "GET",
        path: "/sourceimages/{organization}/{hash}/meta/user/{metaName}",
        on_render_host: false,
        summary: "Read one user metadata field",
        description: "Returns the bare JSON value of one field: a string, a number, or an array of strings. The status is 404 when the field is not set.\n\nRequires the role `sourceimages:read`.",
        reference: "https://rokka.io/documentation/references/user-metadata.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "hash",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Hash of the source image, full or short (6 to 40 hexadecimal digits).",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "metaName",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the user metadata field.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "getStack",
        method: "GET",
        path: "/stacks/{organization}/{name}",
        on_render_host: false,
        summary: "Read a stack",
        description: "Returns the definition of one stack. Requires the role `read`.",
        reference: "https://rokka.io/documentation/references/stacks.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "name",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the stack.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "getStats",
        method: "GET",
        path: "/stats/{organization}",
        on_render_host: false,
        summary: "Read the statistics of an organization",
        description: "Returns storage, number of files and traffic per day, newest first. Days without data are omitted. Values may have decimals. Requires a membership; presumably the role `read`.",
        reference: "https://rokka.io/documentation/references/stats.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "from",
                place: crate::api::ParameterPlace::Query,
                required: false,
                kind: crate::api::ParameterKind::Text,
                description: "First day (`YYYY-MM-DD`), inclusive. Default: 30 days ago.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "to",
                place: crate::api::ParameterPlace::Query,
                required: false,
                kind: crate::api::ParameterKind::Text,
                description: "Last day (`YYYY-MM-DD`), inclusive. Default: today.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "getUser",
        method: "GET",
        path: "/user",
        on_render_host: false,
        summary: "Read the current user",
        description: "Returns the user that the credentials belong to. Its id is called `user_id` here and `id` in the response of `createUser`. A user with a public role (`read`, `upload` or `sourceimages:read` anywhere) gets `user_id` alone, or 403: the documentation contradicts itself. Old responses contain `user_id` only.",
        reference: "https://rokka.io/documentation/references/users-and-memberships.html",
        parameters: &[],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "getUserApiKeyCurrent",
        method: "GET",
        path: "/user/apikeys/current",
        on_render_host: false,
        summary: "Read the API key in use",
        description: "Returns the metadata of the key that authenticates the request; for a token, of the key it was created from. The secret is not included. Fails with 403 for users with a public role unless the key in use is trusted.",
        reference: "https://rokka.io/documentation/references/users-and-memberships.html",
        parameters: &[],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "getUserMfaTotp",
        method: "GET",
        path: "/user/mfa/totp",
        on_render_host: false,
        summary: "Read the state of the second factor",
        description: "Returns whether the current user has a second factor (time-based one-time codes). One setup per user applies to all keys. Fails with 403 for users with a public role unless the key in use is trusted.",
        reference: "https://rokka.io/documentation/guides/authentication.html",
        parameters: &[],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "getUserToken",
        method: "GET",
        path: "/user/apikeys/token",
        on_render_host: false,
        summary: "Get a token",
        description: "Creates a short-lived token from an API key or from a renewable token. A token has the rights that its key has when the token is used, and becomes invalid with that key. Always send `no_ip_protection` or `ips`, because the default binding to the caller's address is not guaranteed; sending both fails with 400. A single token cannot be revoked; delete its key instead. A refresh needs an unexpired token with `rn` in its payload; the lifetime cannot exceed that of the token it replaces, and 403 means that the refresh was refused. For a key that requires a second factor, the status is 401 with `mfa_required`: use `createUserToken`.",
        reference: "https://rokka.io/documentation/guides/authentication.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "renewable",
                place: crate::api::ParameterPlace::Query,
                required: false,
                kind: crate::api::ParameterKind::Boolean,
                description: "Whether the token can be refreshed before it expires. Default: true for a token bound to addresses, otherwise false.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "no_ip_protection",
                place: crate::api::ParameterPlace::Query,
                required: false,
                kind: crate::api::ParameterKind::Boolean,
                description: "`true` creates a token that is valid from every address. Excludes `ips`.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "ips",
                place: crate::api::ParameterPlace::Query,
                required: false,
                kind: crate::api::ParameterKind::Text,
                description: "Addresses and networks that may use the token, separated by commas: at most 10 entries and 10000 addresses. `request_ip` means the caller's address, which is also the default.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "expires_in",
                place: crate::api::ParameterPlace::Query,
                required: false,
                kind: crate::api::ParameterKind::Integer,
                description: "Lifetime in seconds. A refreshed token cannot exceed the `expt` of the token it replaces (403).",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "listMemberships",
        method: "GET",
        path: "/organizations/{organization}/memberships",
        on_render_host: false,
        summary: "List the members of an organization",
        description: "Returns all users of an organization with their roles, in one page. Requires the role `admin:read`.",
        reference: "https://rokka.io/documentation/references/users-and-memberships.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "listOperations",
        method: "GET",
        path: "/operations",
        on_render_host: false,
        summary: "List the operations that stacks can use",
        description: "Returns every operation that a stack can contain, with its options, their types, ranges and defaults. Needs no credentials. The documentation has operations and ranges that recorded responses lack, so trust the live response. Every operation has the option `enabled` (default true).",
        reference: "https://rokka.io/documentation/references/operations.html",
        parameters: &[],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "listSourceImages",
        method: "GET",
        path: "/sourceimages/{organization}",
        on_render_host: false,
        summary: "List and search source images",
        description: "Returns one page of the organization's source images. All filters must match; with `operator=or`, one is enough.\n\nPaging: numeric offsets reach the first 10,000 matches (`offset + limit`). Beyond that, pass the `cursor` of the previous response as `offset` and leave all other parameters unchanged; cursors only move forward. A cursor does not guarantee another page: stop at an empty page, at a page shorter than the limit, or when the cursor repeats.\n\nThe search index lags about ten seconds behind writes; reading by hash does not. `limit=0` returns only the count and the facets.\n\nRequires the role `sourceimages:read`.",
        reference: "https://rokka.io/documentation/references/searching-images.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "offset",
                place: crate::api::ParameterPlace::Query,
                required: false,
                kind: crate::api::ParameterKind::Text,
                description: "Number of images to skip (with `offset + limit` up to 10,000), or the `cursor` of an earlier response.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "limit",
                place: crate::api::ParameterPlace::Query,
                required: false,
                kind: crate::api::ParameterKind::Integer,
                description: "Maximum number of images to return. 0 returns only the count and the facets.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "sort",
                place: crate::api::ParameterPlace::Query,
                required: false,
                kind: crate::api::ParameterKind::Text,
                description: "Fields to sort by, each with `asc` or `desc`, separated by commas. User metadata needs its full name, for example `user:int:sku desc`. Always set a direction: the documentation contradicts itself about the default.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "deleted",
                place: crate::api::ParameterPlace::Query,
                required: false,
                kind: crate::api::ParameterKind::Boolean,
                description: "Return images deleted within the last 30 days instead of existing ones. One request cannot return both.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "facets",
                place: crate::api::ParameterPlace::Query,
                required: false,
                kind: crate::api::ParameterKind::Text,
                description: "Fields whose values to count, separated by commas; string and array fields only. Returns up to 1000 values of each.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "operator",
                place: crate::api::ParameterPlace::Query,
                required: false,
                kind: crate::api::ParameterKind::Text,
                description: "`or` returns images that match any of the filters. By default all must match. The two cannot be combined.",
                values: &["or"],
            },
            crate::api::ApiParameter {
                name: "binaryHash",
                place: crate::api::ParameterPlace::Query,
                required: false,
                kind: crate::api::ParameterKind::Text,
                description: "Return only images of the binary with this SHA-1. The response then has neither `cursor` nor `links`.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "filters",
                place: crate::api::ParameterPlace::Query,
                required: false,
                kind: crate::api::ParameterKind::Fields,
                description: "Filters, each a query parameter of its own: the name is a field, the value an expression.\n\nFields: `hash`, `short_hash`, `binaryhash`, `mimetype`, `format`, `size`, `width`, `height`, `created`, `name`, `name_text`, `deletedDate`, and metadata as `user:{type}:{name}`, `dynamic:{type}:{kind}:{field}` or `static:{type}:{block}__{field}`. Names of other query parameters cannot be used.\n\nExpressions: a value for an exact match, `plan*` for a prefix, `[a,b]` for an inclusive range and `{a,b}` for an exclusive one (the two brackets can be mixed), `[a,}` without an upper bound. Dates need single quotes: `['2026-01-01T00:00:00Z',}`.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "listSourceImagesByBinaryHash",
        method: "GET",
        path: "/sourceimages/{organization}/binaryhash/{binaryHash}",
        on_render_host: false,
        summary: "Find source images by the SHA-1 of their bytes",
        description: "Returns the images created from one uploaded binary. There can be several, because dynamic metadata and protection create further hashes of the same bytes. The query parameter `binaryHash` of `listSourceImages` is equivalent. For an unknown binary the service presumably returns an empty list.\n\nRequires the role `sourceimages:read`.",
        reference: "https://rokka.io/documentation/references/source-images.html#finding-with-binary-hash",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "binaryHash",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "SHA-1 of the uploaded bytes.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "listStackOptions",
        method: "GET",
        path: "/stackoptions",
        on_render_host: false,
        summary: "List the options that stacks can have",
        description: "Returns every stack option with its type, range and default. Needs no credentials. Values change over time: read them here instead of keeping a copy.",
        reference: "https://rokka.io/documentation/references/stacks.html",
        parameters: &[],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "listStacks",
        method: "GET",
        path: "/stacks/{organization}",
        on_render_host: false,
        summary: "List stacks",
        description: "Returns the stacks of an organization, up to 1000 a page unless `limit` is set. There is no total. For the next page, send the `cursor` of the response as `offset`; stop when there is none, when it repeats, or when the page is empty. Requires the role `read`.",
        reference: "https://rokka.io/documentation/references/stacks.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "limit",
                place: crate::api::ParameterPlace::Query,
                required: false,
                kind: crate::api::ParameterKind::Integer,
                description: "Maximum number of stacks to return.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "offset",
                place: crate::api::ParameterPlace::Query,
                required: false,
                kind: crate::api::ParameterKind::Text,
                description: "Where to continue: the `cursor` of the previous response. Numbers are not supported here, unlike in image lists.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "listSubOrganizations",
        method: "GET",
        path: "/organizations/{organization}/sub_organizations",
        on_render_host: false,
        summary: "List the sub-organizations of an organization",
        description: "Returns the organizations whose usage is billed to this one, sorted by name and without this one. There is one level only: for a sub-organization, the response contains an empty list and the name of its master. Requires the role `admin:read`.",
        reference: "https://rokka.io/documentation/references/organizations.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "include_disabled",
                place: crate::api::ParameterPlace::Query,
                required: false,
                kind: crate::api::ParameterKind::Boolean,
                description: "Include disabled ones. Only for super admins of the service; 403 for everyone else.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "listUserAdminApiKeys",
        method: "GET",
        path: "/user/admin/apikeys",
        on_render_host: false,
        summary: "List members and API keys of all administered organizations",
        description: "Returns one item per organization and member, with the metadata of the member's keys, for every organization in which the current user has `admin:read` (or `admin`). Meant for audits. Stops after 50 organizations and sets `truncated`; there are no further pages. Keys and signing keys are not included. Fails with 403 for a user without `admin:read` anywhere, or with a public role (`read`, `upload`, `sourceimages:read`) in any organization.",
        reference: "https://rokka.io/documentation/references/users-and-memberships.html",
        parameters: &[],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "listUserApiKeys",
        method: "GET",
        path: "/user/apikeys",
        on_render_host: false,
        summary: "List the API keys of the current user",
        description: "Returns the metadata of the current user's keys, five at most, as a bare array; the keys themselves cannot be read again. Fails with 403 for users with a public role (`read`, `upload` or `sourceimages:read` anywhere) unless the key in use is trusted.",
        reference: "https://rokka.io/documentation/references/users-and-memberships.html",
        parameters: &[],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "listUserMemberships",
        method: "GET",
        path: "/user/memberships",
        on_render_host: false,
        summary: "List the memberships of the current user",
        description: "Returns the organizations of the current user and its roles in them. Fails with 403 for users with a public role (`read`, `upload` or `sourceimages:read` anywhere) unless the key in use is trusted.",
        reference: "https://rokka.io/documentation/references/users-and-memberships.html",
        parameters: &[],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "patchSourceImageMetaUser",
        method: "PATCH",
        path: "/sourceimages/{organization}/{hash}/meta/user",
        on_render_host: false,
        summary: "Change some user metadata",
        description: "Sets the given fields and keeps all others; `null` removes a field. Field names have at most 54 lower-case letters, digits and underscores, after an optional type prefix (`str:`, `text:`, `int:`, `double:`, `date:`, `latlon:`, `array:`, `array_text:`); other names fail with 400. The hash stays the same. Fails for a locked image.\n\nRequires the role `sourceimages:write`.",
        reference: "https://rokka.io/documentation/references/user-metadata.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "hash",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Hash of the source image, full or short (6 to 40 hexadecimal digits).",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::Json {
            required: true,
            open: true,
        },
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "patchUserApiKey",
        method: "PATCH",
        path: "/user/apikeys/{keyId}",
        on_render_host: false,
        summary: "Change an API key of the current user",
        description: "Changes at least one property; omitted properties stay, null (or an empty list of addresses) clears. Restrictions apply immediately, also to existing tokens. A change that would lock out the key in use fails with 400 unless `force` is true. Keys of 32 characters, created before December 2021, cannot be restricted, trusted or protected by a second factor. Fails with 403 for users with a public role unless the key in use is trusted.",
        reference: "https://rokka.io/documentation/references/users-and-memberships.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "keyId",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Id of the API key (not the key itself).",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "force",
                place: crate::api::ParameterPlace::Query,
                required: false,
                kind: crate::api::ParameterKind::Boolean,
                description: "Accept that the change locks out the key in use.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "allowed_ips",
                place: crate::api::ParameterPlace::Field,
                required: false,
                kind: crate::api::ParameterKind::Json,
                description: "Addresses and IPv4 networks that may use the key: at most 10 entries and 10000 addresses; IPv6 as single addresses only. `request_ip` is not supported here. Null or an empty list clears.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "expires",
                place: crate::api::ParameterPlace::Field,
                required: false,
                kind: crate::api::ParameterKind::Text,
                description: "When the key and every token created from it expire. Null clears.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "requires_mfa",
                place: crate::api::ParameterPlace::Field,
                required: false,
                kind: crate::api::ParameterKind::Boolean,
                description: "Whether the key can only be exchanged for a token. Turning it on invalidates all older tokens of the key. Null clears.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "trusted",
                place: crate::api::ParameterPlace::Field,
                required: false,
                kind: crate::api::ParameterKind::Boolean,
                description: "Declares that the key never becomes public. Null clears.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::Json {
            required: true,
            open: false,
        },
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "putOrganizationOption",
        method: "PUT",
        path: "/organizations/{organization}/options/{name}",
        on_render_host: false,
        summary: "Set one option of an organization",
        description: "Sets a single option. The body is the JSON-encoded value alone: a string needs its quotes. Requires the role `admin`.",
        reference: "https://rokka.io/documentation/references/organizations.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "name",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the option, for example `protect_dynamic_stack`.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::Json {
            required: true,
            open: false,
        },
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "putSourceImageName",
        method: "PUT",
        path: "/sourceimages/{organization}/{hash}/name",
        on_render_host: false,
        summary: "Rename a source image",
        description: "Replaces the file name of an image. The body is a JSON string, including the quotes. The hash stays the same.\n\nRequires the role `sourceimages:write`.",
        reference: "https://rokka.io/documentation/references/source-images.html#change-the-name-of-a-source-image",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "hash",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Hash of the source image, full or short (6 to 40 hexadecimal digits).",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::Json {
            required: true,
            open: false,
        },
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "putSourceImageOptionsLocked",
        method: "PUT",
        path: "/sourceimages/{organization}/{hash}/options/locked",
        on_render_host: false,
        summary: "Lock or unlock a source image",
        description: "Sets whether an image is locked. Nobody can delete a locked image or change its user metadata. The hash stays the same.\n\nRequires the role `admin` or `sourceimages:unlock`; otherwise the status is 403.",
        reference: "https://rokka.io/documentation/references/source-images.html#lock-a-source-image-to-prevent-deletion",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "hash",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Hash of the source image, full or short (6 to 40 hexadecimal digits).",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::Json {
            required: true,
            open: false,
        },
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "putSourceImageOptionsProtected",
        method: "PUT",
        path: "/sourceimages/{organization}/{hash}/options/protected",
        on_render_host: false,
        summary: "Protect or unprotect a source image",
        description: "Sets whether every rendering of the image needs a signed URL. Protection is part of an image's identity, so the image gets another hash: read it from `Location`, or from the body if that header is missing. The image under the previous hash stays unless `deletePrevious=true`; when nothing changes it always stays.\n\nThe documentation mentions a 2xx status without naming it, hence the three responses.\n\nRequires the role `sourceimages:write`.",
        reference: "https://rokka.io/documentation/references/protected-images-and-stacks.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "hash",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Hash of the source image, full or short (6 to 40 hexadecimal digits).",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "deletePrevious",
                place: crate::api::ParameterPlace::Query,
                required: false,
                kind: crate::api::ParameterKind::Boolean,
                description: "Delete the image under the previous hash when the hash changes.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::Json {
            required: true,
            open: false,
        },
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "renderUploadedImage",
        method: "POST",
        path: "/utils/{organization}/render/{renderPath}",
        on_render_host: false,
        summary: "Render an uploaded file without storing it",
        description: "Renders one image or PDF of at most 100 MB and returns the result; the service neither stores nor caches it. `renderPath` is the part of a render URL after the host, without the hash, for example `product_card.jpg` or `dynamic/resize-width-300--grayscale.jpg`. Its slashes are literal, which OpenAPI cannot express: do not percent-encode them.\n\nWith the stack option `pdf.pages`, the response is always a ZIP archive with one `page-{number}.{format}` for each page, 50 at most; a page that does not exist is an error. Videos, EPS, files that are not images, video formats, and the stack options `basestack` and `source_file` are refused.\n\nThe organization's quota counts requests per minute, each page of a PDF as one request; its size is not published. Requires the role `upload`.",
        reference: "https://rokka.io/documentation/references/render.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "renderPath",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Path,
                description: "Render path without a hash: a stack name or `dynamic`, optional further segments, a dot and the format. Its slashes are literal.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "v",
                place: crate::api::ParameterPlace::Query,
                required: false,
                kind: crate::api::ParameterKind::Text,
                description: "Stack variables as a string that contains a JSON object.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "filedata",
                place: crate::api::ParameterPlace::Part,
                required: true,
                kind: crate::api::ParameterKind::File,
                description: "Bytes of one image or PDF, at most 100 MB.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::Form,
        returns_file: true,
    },
    crate::api::ApiOperation {
        id: "restoreSourceImage",
        method: "POST",
        path: "/sourceimages/{organization}/{hash}/restore",
        on_render_host: false,
        summary: "Restore a deleted source image",
        description: "Restores an image that was deleted at most 30 days ago. Also succeeds for an image that is not deleted. The response has no `link`.\n\nRequires the role `sourceimages:write`.",
        reference: "https://rokka.io/documentation/references/source-images.html#restore-a-source-image",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "hash",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Hash of the source image, full or short (6 to 40 hexadecimal digits).",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::None,
        returns_file: false,
    },
    crate::api::ApiOperation {
        id: "signUrl",
        method: "POST",
        path: "/utils/{organization}/sign_url",
        on_render_host: false,
        summary: "Sign a render URL",
        description: "Returns a render URL with the signature that protected images and stacks require. Meant for experiments: in production, compute the signature locally with a signing key of the organization.\n\nSources disagree on the encoding of the request: the reference sends `url` as a form field, one client a JSON body, and another one a query string with `until` and `roundDateUpTo`. JSON comes first here.\n\nPresumably requires the role `admin`, because a signing key is used.",
        reference: "https://rokka.io/documentation/references/protected-images-and-stacks.html",
        parameters: &[
            crate::api::ApiParameter {
                name: "organization",
                place: crate::api::ParameterPlace::Path,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Name of the organization.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "round_date_up_to",
                place: crate::api::ParameterPlace::Field,
                required: false,
                kind: crate::api::ParameterKind::Integer,
                description: "Round the expiry up to a multiple of this many seconds, so that caches see fewer different URLs. One client spells it `roundDateUpTo`.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "until",
                place: crate::api::ParameterPlace::Field,
                required: false,
                kind: crate::api::ParameterKind::Text,
                description: "When the signature expires; without it, never. Not every source documents this field.",
                values: &[],
            },
            crate::api::ApiParameter {
                name: "url",
                place: crate::api::ParameterPlace::Field,
                required: true,
                kind: crate::api::ParameterKind::Text,
                description: "Render URL of a rokka host.",
                values: &[],
            },
        ],
        body: crate::api::ApiBody::Json {
            required: true,
            open: false,
        },
        returns_file: false,
    },
];
