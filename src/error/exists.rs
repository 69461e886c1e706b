//! Which failures say that what a call creates exists already.

use http::StatusCode;

use super::response::FailedResponse;

/// What the message says where the status is not documented.
const PHRASES: &[&str] = &[
    "already exist",
    "already registered",
    "already used",
    "exists",
    "in use",
    "taken",
];

impl FailedResponse {
    /// Returns whether the operation fails because what it creates exists already.
    pub(super) fn is_already_exists(&self, operation: &str) -> bool {
        match operation {
            "copySourceImage" | "copySourceImageWithCopyMethod" => {
                self.status == StatusCode::PRECONDITION_FAILED
            }
            "createUserMfaTotp" => self.status == StatusCode::CONFLICT,
            "createOrganization" | "createSourceImageAlias" | "createStack" | "createUser" => {
                match self.status {
                    StatusCode::CONFLICT => true,
                    StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY => {
                        let message = self.message().to_ascii_lowercase();
                        PHRASES.iter().any(|phrase| message.contains(phrase))
                    }
                    _ => false,
                }
            }
            _ => false,
        }
    }
}
