//! Refusals as the node's API writes them: a gRPC status, and in its details the field at fault.

use crate::admission::{AdmissionError, RefusalClass};
use prost::Message as _;
use rpc::proto::google_rpc;
use std::fmt;
use tonic::{Code, Status};

/// Type URL of the details, without a host as the node writes it.
const BAD_REQUEST: &str = "/google.rpc.BadRequest";

/// What is wrong with a field of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// It says something it may not.
    Invalid,
    /// It is not there.
    Missing,
}

impl Reason {
    /// The name of the API's `ErrorReason`.
    const fn name(self) -> &'static str {
        match self {
            Self::Invalid => "FIELD_INVALID",
            Self::Missing => "FIELD_MISSING",
        }
    }
}

/// Why a call is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ApiError {
    code: Code,
    message: String,
    violation: Option<(String, Reason)>,
}

impl ApiError {
    /// A refusal that no field is at fault for.
    pub(crate) fn new(code: Code, message: impl fmt::Display) -> Self {
        Self { code, message: message.to_string(), violation: None }
    }

    /// What was asked for is not there.
    pub(crate) fn not_found(message: impl fmt::Display) -> Self {
        Self::new(Code::NotFound, message)
    }

    /// A field is at fault.
    pub(crate) fn invalid(field: impl Into<String>, description: impl fmt::Display) -> Self {
        Self {
            code: Code::InvalidArgument,
            message: description.to_string(),
            violation: Some((field.into(), Reason::Invalid)),
        }
    }

    /// A field is missing.
    pub(crate) fn missing(field: impl Into<String>) -> Self {
        let field = field.into();
        Self {
            code: Code::InvalidArgument,
            message: format!("missing {field}"),
            violation: Some((field, Reason::Missing)),
        }
    }

    /// A field is missing, where the node leaves it at naming the field.
    pub(crate) fn missing_unsaid(field: impl Into<String>) -> Self {
        Self { message: String::new(), ..Self::missing(field) }
    }

    /// The same refusal with the field's place in a list before its name.
    pub(crate) fn within(mut self, place: impl fmt::Display) -> Self {
        if let Some((field, _)) = &mut self.violation {
            *field = format!("{place}.{field}");
        }
        self
    }

    /// As a message, for an answer that holds several.
    pub(crate) fn to_proto(&self) -> google_rpc::Status {
        let details = self.violation.iter().map(|(field, reason)| {
            let violation = google_rpc::bad_request::FieldViolation {
                field: field.clone(),
                description: self.message.clone(),
                reason: reason.name().to_owned(),
            };
            let request = google_rpc::BadRequest { field_violations: vec![violation] };
            prost_types::Any { type_url: BAD_REQUEST.to_owned(), value: request.encode_to_vec() }
        });
        google_rpc::Status {
            code: self.code.into(),
            message: self.message.clone(),
            details: details.collect(),
        }
    }
}

impl From<ApiError> for Status {
    fn from(error: ApiError) -> Self {
        let details = error.to_proto().encode_to_vec();
        Self::with_details(error.code, error.message, details.into())
    }
}

/// A transaction that is refused before execution. The node would keep some of these waiting for 90
/// seconds; here the answer comes at once.
impl From<AdmissionError> for ApiError {
    fn from(error: AdmissionError) -> Self {
        let code = match error.class() {
            RefusalClass::InvalidArgument => Code::InvalidArgument,
            RefusalClass::FailedPrecondition => Code::FailedPrecondition,
        };
        Self::new(code, error)
    }
}
