//! What goes wrong, in the words of `docs/faults.md`.

/// A fault of the network or the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Refused,
    ClosedAtOnce,
    ClosedAfterHead,
    ClosedInBody,
    ClosedWhileIdle,
    ClosedWhenReused,
    TimedOutWhileIdle,
    TimedOutWhenReused,
    Silent,
    Stalled,
    Truncated,
    TruncatedChunked,
    Reset,
    TooLong,
    TooShort,
    Dripping,
    NotHttp,
    Html(u16),
    EmptyError,
    Limited(Limit),
    Unauthorized,
    Redirect(Target),
    Early(u16),
    NoContent,
    OtherShape,
    ErrorObject,
    NotUtf8,
    HtmlPage,
}

/// How a 429 says when to come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limit {
    Silent,
    Seconds,
    Date,
    UnixTime,
    Hour,
}

/// Where a redirect leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    OwnOrigin,
    OtherOrigin,
    Loop,
}

/// The sections of the page, with the faults of each.
pub(crate) const SECTIONS: &[(&str, &[Fault])] = &[
    (
        "The connection",
        &[
            Fault::Refused,
            Fault::ClosedAtOnce,
            Fault::ClosedAfterHead,
            Fault::ClosedInBody,
            Fault::ClosedWhileIdle,
            Fault::ClosedWhenReused,
            Fault::TimedOutWhileIdle,
            Fault::TimedOutWhenReused,
            Fault::Silent,
            Fault::NotHttp,
        ],
    ),
    (
        "The body of a response",
        &[
            Fault::Stalled,
            Fault::Truncated,
            Fault::TruncatedChunked,
            Fault::Reset,
            Fault::TooLong,
            Fault::TooShort,
            Fault::Dripping,
        ],
    ),
    (
        "Statuses",
        &[
            Fault::EmptyError,
            Fault::Html(502),
            Fault::Html(503),
            Fault::Html(504),
            Fault::Limited(Limit::Silent),
            Fault::Limited(Limit::Seconds),
            Fault::Limited(Limit::Date),
            Fault::Limited(Limit::UnixTime),
            Fault::Limited(Limit::Hour),
            Fault::Unauthorized,
            Fault::Redirect(Target::OwnOrigin),
            Fault::Redirect(Target::OtherOrigin),
            Fault::Redirect(Target::Loop),
            Fault::Early(413),
            Fault::Early(429),
        ],
    ),
    (
        "Successes that are none",
        &[
            Fault::NoContent,
            Fault::OtherShape,
            Fault::ErrorObject,
            Fault::NotUtf8,
            Fault::HtmlPage,
        ],
    ),
];

impl Fault {
    /// A heading, and what happens.
    #[allow(clippy::too_many_lines, reason = "a table")]
    pub(crate) fn described(self) -> (String, &'static str) {
        let (name, text) = match self {
            Self::Refused => (
                "Connection refused",
                "Nothing listens at the address. Nothing was sent, so every call is retried.",
            ),
            Self::ClosedAtOnce => (
                "Connection closed at once",
                "The server accepts the connection and closes it without reading.",
            ),
            Self::ClosedAfterHead => (
                "Connection closed after the request headers",
                "The server reads the headers of the request and closes the connection. It may have processed the request, so only calls that are safe to repeat are retried.",
            ),
            Self::ClosedInBody => (
                "Connection closed in the request body",
                "The server closes the connection while the file is being sent.",
            ),
            Self::ClosedWhileIdle => (
                "Kept connection closed while idle",
                "The server closes a connection from an earlier call. The client notices and opens another one.",
            ),
            Self::ClosedWhenReused => (
                "Kept connection closed when it is used again",
                "The server closes a connection from an earlier call just when the next request arrives.",
            ),
            Self::TimedOutWhileIdle => (
                "408 on an idle connection",
                "The server says `408 Request Timeout` on a connection from an earlier call and closes it. This is not the response to the next call.",
            ),
            Self::TimedOutWhenReused => (
                "408 when a connection is used again",
                "The same, but the next request was already on its way. A 408 that closes the connection says that no request was processed, so every call is retried.",
            ),
            Self::Silent => (
                "No response",
                "The server reads the whole request and sends nothing. The idle timeout ends the attempt.",
            ),
            Self::NotHttp => (
                "No HTTP",
                "The server speaks another protocol: `SSH-2.0-OpenSSH_9.6`.",
            ),
            Self::Stalled => (
                "Stalled after the response headers",
                "The headers of a success arrive and its body does not. The idle timeout ends the attempt.",
            ),
            Self::Truncated => (
                "Truncated, with a length",
                "Half of the promised body arrives, and the connection closes. A download requests the rest.",
            ),
            Self::TruncatedChunked => (
                "Truncated, chunked",
                "Half of a chunked body arrives, and the connection closes without the last chunk.",
            ),
            Self::Reset => (
                "Reset in the body",
                "Half of the body is sent, and the connection is reset.",
            ),
            Self::TooLong => (
                "`Content-Length` too long",
                "The length promises ten bytes more than there are, and the connection stays open.",
            ),
            Self::TooShort => (
                "`Content-Length` too short",
                "The length promises ten bytes less than there are. The client receives as much as was promised: JSON does not decode, and a download is \
                 shorter than the original, which only a check of its hash can tell.",
            ),
            Self::Dripping => (
                "One byte at a time",
                "The response arrives byte by byte. Whatever moves is not idle.",
            ),
            Self::Html(502) => (
                "502 with HTML",
                "A gateway's page. The service behind it may have processed the request, so only calls that are safe to repeat are retried.",
            ),
            Self::Html(503) => (
                "503 with HTML",
                "A gateway's page. The service was not reached, so every call is retried.",
            ),
            Self::Html(_) => (
                "504 with HTML",
                "A gateway's page. As with 502, the request may have been processed.",
            ),
            Self::EmptyError => (
                "500 without a body",
                "An error of the service. It is not retried: the same request would fail again.",
            ),
            Self::Limited(Limit::Silent) => (
                "429 without a wait",
                "Too many requests. The client backs off and retries.",
            ),
            Self::Limited(Limit::Seconds) => (
                "429 with `Retry-After: 0`",
                "Too many requests: one immediate retry, then backoff.",
            ),
            Self::Limited(Limit::Date) => (
                "429 with a date",
                "Too many requests, with the present as date in `Retry-After`.",
            ),
            Self::Limited(Limit::UnixTime) => (
                "429 with `X-RateLimit-Retry-After`",
                "Too many requests, with the present as Unix time.",
            ),
            Self::Limited(Limit::Hour) => (
                "429 with an hour to wait",
                "Too many requests, with a wait beyond the limit that `Retry::within` sets. The call fails at once, and `Error::retry_after` returns the hour.",
            ),
            Self::Unauthorized => (
                "401",
                "The credentials are refused. A client that works by tokens requests another one and sends the request once more.",
            ),
            Self::Redirect(Target::OwnOrigin) => (
                "Redirect within the origin",
                "A 307 to another path of the API. It is followed with the same method and body.",
            ),
            Self::Redirect(Target::OtherOrigin) => (
                "Redirect to another origin",
                "A 307 to another host or port. It is not followed, and nothing is sent there.",
            ),
            Self::Redirect(Target::Loop) => (
                "Redirect to itself",
                "A 307 to the same path. The client follows ten of them.",
            ),
            Self::Early(413) => (
                "413 while the file is being sent",
                "The server responds after the headers of the request, takes no more of the file, and waits for the client to close.",
            ),
            Self::Early(_) => (
                "429 while the file is being sent",
                "The same with a status that is retried.",
            ),
            Self::NoContent => (
                "204",
                "`204 No Content`, which is what a deletion returns, and no response to anything else.",
            ),
            Self::OtherShape => (
                "JSON of another shape",
                "A 200 with `{\"unexpected\":[true]}`.",
            ),
            Self::ErrorObject => (
                "200 with an error object",
                "A 200 with `{\"error\":{\"code\":403,\"message\":\"…\"}}`.",
            ),
            Self::NotUtf8 => ("No UTF-8", "A 200 with JSON whose strings are not UTF-8."),
            Self::HtmlPage => ("200 with HTML", "A 200 with the log-in page of a gateway."),
        };
        (name.to_owned(), text)
    }

    /// Whether it happens on a connection that an earlier call has left.
    pub(crate) fn needs_kept_connection(self) -> bool {
        matches!(
            self,
            Self::ClosedWhileIdle
                | Self::ClosedWhenReused
                | Self::TimedOutWhileIdle
                | Self::TimedOutWhenReused
        )
    }
}
