//! The clients that are compared by their code.

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sdk {
    Ruby,
    Python,
    TypeScript,
    Rust,
    /// `rokka::api` of this crate.
    Api,
}

impl Sdk {
    pub(crate) const ALL: [Self; 5] = [
        Self::Ruby,
        Self::Python,
        Self::TypeScript,
        Self::Rust,
        Self::Api,
    ];

    /// The clients of OpenAPI Generator.
    pub(crate) const FOREIGN: [Self; 4] = [Self::Ruby, Self::Python, Self::TypeScript, Self::Rust];

    /// Returns the heading.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Ruby => "Ruby",
            Self::Python => "Python",
            Self::TypeScript => "TypeScript",
            Self::Rust => "Rust (OpenAPI Generator)",
            Self::Api => "`rokka::api`",
        }
    }

    /// Returns the name of the generator and of its output folder.
    pub(crate) fn generator(self) -> Option<&'static str> {
        match self {
            Self::Ruby => Some("ruby"),
            Self::Python => Some("python"),
            Self::TypeScript => Some("typescript-fetch"),
            Self::Rust => Some("rust"),
            Self::Api => None,
        }
    }
}
