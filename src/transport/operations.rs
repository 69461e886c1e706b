//! Which operations of the API the transport treats differently.

use http::Method;

/// Operation ids by what the transport has to know about them.
pub(crate) struct Operations {
    /// Operations that return a file, which is handed out unread.
    pub(crate) binary: &'static [&'static str],
    /// Operations that are idempotent although their method is not.
    pub(crate) idempotent: &'static [&'static str],
    /// Operations that are not idempotent although their method is.
    pub(crate) non_idempotent: &'static [&'static str],
    /// Operations whose response can have a secret in it.
    pub(crate) secret_responses: &'static [&'static str],
}

impl Operations {
    pub(super) fn is_binary(&self, operation: &str) -> bool {
        self.binary.contains(&operation)
    }

    /// Whether sending a request of an operation twice has the effect of sending it once.
    pub(crate) fn is_idempotent(&self, operation: &str, method: &Method) -> bool {
        self.idempotent.contains(&operation)
            || (method.is_idempotent() || *method == Method::PATCH)
                && !self.non_idempotent.contains(&operation)
    }

    pub(super) fn returns_secrets(&self, operation: &str) -> bool {
        self.secret_responses.contains(&operation)
    }
}
