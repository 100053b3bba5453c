//! One request: who may ask, who is asked, and how the answer comes back.

use crate::gateway::Config;
use crate::gateway::body::{Answer, Ending, Limited, REQUEST_LIMIT};
use crate::gateway::clients::{Clients, Lane};
use crate::gateway::headers;
use crate::gateway::origins::Origins;
use crate::gateway::route::Route;
use crate::gateway::upstream::{Service, Upstream};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware;
use axum::response::{IntoResponse as _, Response};
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Method, StatusCode, Version, header};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tonic::{Code, Status};
use tonic_web::GrpcWebLayer;
use tower::{Layer as _, ServiceExt as _};
use tower_http::cors::{AllowHeaders, AllowOrigin, AllowPrivateNetwork, CorsLayer};

const PREFLIGHT_LASTS: Duration = Duration::from_secs(600);
const NOT_HERE: &str = "a gateway has the paths of gRPC services, /model/{id} and /data/{id}\n";

/// Everything a request needs.
#[derive(Debug)]
pub(crate) struct Forward {
    config: Config,
    origins: Origins,
    clients: Clients,
}

impl Forward {
    pub(crate) const fn new(config: Config, origins: Origins, clients: Clients) -> Self {
        Self { config, origins, clients }
    }
}

/// The gateway's port.
pub(crate) fn router(forward: Forward) -> Router {
    let forward = Arc::new(forward);
    let allowed = |forward: Arc<Forward>| {
        move |origin: &HeaderValue, request: &Parts| {
            let service = Route::of(request.uri.path()).map_or(Service::Node, Route::service);
            origin.to_str().is_ok_and(|origin| forward.origins.allow(service, origin))
        }
    };
    let cors = CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(allowed(Arc::clone(&forward))))
        // Browsers ask this before a public page reaches into a private network.
        .allow_private_network(AllowPrivateNetwork::predicate(allowed(Arc::clone(&forward))))
        .allow_methods([Method::GET, Method::HEAD, Method::POST])
        .allow_headers(AllowHeaders::any())
        .max_age(PREFLIGHT_LASTS);
    Router::new()
        .fallback(answer)
        .with_state(forward)
        .layer(middleware::from_fn(headers::expose))
        .layer(cors)
}

async fn answer(State(forward): State<Arc<Forward>>, request: Request) -> Response {
    let Some(route) = Route::of(request.uri().path()) else {
        return (StatusCode::NOT_FOUND, NOT_HERE).into_response();
    };
    match route {
        Route::Call(service) => forward.call(service, request).await,
        Route::File => forward.file(request).await,
    }
}

/// In which form a call comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Native,
    Web,
    WebText,
}

impl Form {
    fn of(headers: &HeaderMap) -> Option<Self> {
        match headers.get(header::CONTENT_TYPE)?.to_str().ok()? {
            "application/grpc-web" | "application/grpc-web+proto" => Some(Self::Web),
            "application/grpc-web-text" | "application/grpc-web-text+proto" => Some(Self::WebText),
            "application/grpc" => Some(Self::Native),
            other if other.starts_with("application/grpc+") => Some(Self::Native),
            _ => None,
        }
    }

    /// An answer that is nothing but a status.
    fn refusal(self, status: Status) -> Response {
        let mut response = status.into_http();
        if self != Self::Native {
            let content_type = HeaderValue::from_static("application/grpc-web+proto");
            response.headers_mut().insert(header::CONTENT_TYPE, content_type);
        }
        response
    }
}

impl Forward {
    async fn call(self: Arc<Self>, service: Service, request: Request) -> Response {
        let Some(form) = Form::of(request.headers()) else {
            let text = "calls are of type application/grpc, application/grpc-web or \
                        application/grpc-web-text\n";
            return (StatusCode::UNSUPPORTED_MEDIA_TYPE, text).into_response();
        };
        if request.method() != Method::POST {
            return StatusCode::METHOD_NOT_ALLOWED.into_response();
        }
        if form == Form::Native && request.version() < Version::HTTP_2 {
            return (StatusCode::BAD_REQUEST, "gRPC needs HTTP/2\n").into_response();
        }
        if let Err(status) = self.admit(service, request.headers()) {
            return form.refusal(status);
        }
        let answered = match (service, form) {
            (_, Form::Native) => self.exchange(service, Lane::Native, request).await,
            // A node speaks it itself.
            (Service::Node, _) => self.exchange(service, Lane::Web, request).await,
            _ => Ok(self.translate(service, request).await),
        };
        answered.unwrap_or_else(|status| form.refusal(status))
    }

    /// Whether this page may call this service at all.
    fn admit(&self, service: Service, headers: &HeaderMap) -> Result<(), Status> {
        let Some(origin) = headers.get(header::ORIGIN) else {
            return Ok(());
        };
        let origin = String::from_utf8_lossy(origin.as_bytes());
        if self.origins.allow(service, &origin) {
            return Ok(());
        }
        Err(Status::permission_denied(format!(
            "pages of {origin} may not use the {} here: start the gateway with --origin {origin} \
             to let them",
            service.name()
        )))
    }

    /// A call of gRPC-web to a service that speaks only gRPC.
    async fn translate(self: Arc<Self>, service: Service, request: Request) -> Response {
        let native = tower::service_fn(move |request: http::Request<tonic::body::Body>| {
            let forward = Arc::clone(&self);
            async move {
                let request = request.map(Body::new);
                let answered = forward.exchange(service, Lane::Native, request).await;
                let answer = answered.unwrap_or_else(|status| Form::Native.refusal(status));
                Ok::<_, Infallible>(answer)
            }
        });
        let Ok(response) = GrpcWebLayer::new().layer(native).oneshot(request).await;
        response.map(Body::new)
    }

    /// Passes a call on in the form that it has.
    async fn exchange(
        &self,
        service: Service,
        lane: Lane,
        request: Request,
    ) -> Result<Response, Status> {
        let upstream = self.config.upstream(service).ok_or_else(|| {
            let (name, flag) = (service.name(), service.flag());
            Status::unimplemented(format!("there is no {name} here: {flag} URL names one"))
        })?;
        let declared = request.headers().get(header::CONTENT_LENGTH);
        let declared = declared.and_then(|it| it.to_str().ok()?.parse::<u64>().ok());
        if declared.is_some_and(|declared| declared > REQUEST_LIMIT) {
            return Err(too_large());
        }
        let (head, body) = request.into_parts();
        let (body, overflow) = Limited::new(body);
        let mut onward = request_to(upstream, &head, Body::new(body));
        if lane == Lane::Native {
            onward.headers_mut().insert(header::TE, HeaderValue::from_static("trailers"));
        }
        match self.clients.send(service, upstream, lane, onward).await {
            Ok(response) => check(service, upstream, lane, response),
            Err(_) if overflow.happened() => Err(too_large()),
            Err(silence) => Err(silence.into()),
        }
    }

    /// `/model/{id}` and `/data/{id}`, whole or in ranges.
    async fn file(&self, request: Request) -> Response {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return StatusCode::METHOD_NOT_ALLOWED.into_response();
        }
        if let Err(status) = self.admit(Service::Node, request.headers()) {
            return (StatusCode::FORBIDDEN, format!("{}\n", status.message())).into_response();
        }
        let node = &self.config.node;
        let (head, _) = request.into_parts();
        let onward = request_to(node, &head, Body::empty());
        let mut response = match self.clients.send(Service::Node, node, Lane::Web, onward).await {
            Ok(response) => response,
            Err(silence) => return (silence.http_status(), format!("{silence}\n")).into_response(),
        };
        if response.status().is_redirection() && response.status() != StatusCode::NOT_MODIFIED {
            let text = format!("{}\n", unexpected(Service::Node, node, response.status()));
            return (StatusCode::BAD_GATEWAY, text).into_response();
        }
        let headers = response.headers_mut();
        headers::strip_response(headers);
        // Bytes that anybody may have published: never a page or a script of this address.
        let inert = HeaderValue::from_static("default-src 'none'; sandbox");
        headers.insert(header::CONTENT_SECURITY_POLICY, inert);
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        response
    }
}

/// The same request, to an upstream. Queries are no part of any route.
fn request_to(upstream: &Upstream, head: &Parts, body: Body) -> Request {
    let path = PathAndQuery::try_from(head.uri.path()).expect("a path that was read as one");
    let mut onward = Request::new(body);
    *onward.method_mut() = head.method.clone();
    *onward.uri_mut() = upstream.at(path);
    *onward.headers_mut() = head.headers.clone();
    headers::strip_request(onward.headers_mut());
    onward
}

/// An answer of gRPC as it goes to the browser; a status for whatever else an upstream answers.
fn check(
    service: Service,
    upstream: &Upstream,
    lane: Lane,
    mut response: Response,
) -> Result<Response, Status> {
    let http = response.status();
    let told = response.headers().contains_key(Status::GRPC_STATUS);
    let content_type = response.headers().get(header::CONTENT_TYPE);
    let content_type = content_type.map_or(&b""[..], HeaderValue::as_bytes);
    if !told && http != StatusCode::OK {
        return Err(Status::new(code_of(http), unexpected(service, upstream, http)));
    }
    if !told && !content_type.starts_with(b"application/grpc") {
        let shown = String::from_utf8_lossy(content_type).into_owned();
        let (name, kind) = (service.name(), format!("content of type {shown:?} instead of gRPC"));
        return Err(Status::unknown(format!("the {name} at {upstream} answers {kind}")));
    }
    let text = content_type.starts_with(b"application/grpc-web-text");
    let ending = match lane {
        _ if response.headers().contains_key(header::CONTENT_ENCODING) || text => Ending::Unseen,
        Lane::Native => Ending::Trailers,
        Lane::Web => Ending::Frame,
    };
    headers::strip_response(response.headers_mut());
    response.headers_mut().remove(header::CONTENT_LENGTH);
    let source = format!("the {} at {upstream}", service.name());
    Ok(response.map(|body| Body::new(Answer::new(body, ending, told, source))))
}

fn unexpected(service: Service, upstream: &Upstream, status: StatusCode) -> String {
    let hint = if status.is_redirection() {
        ": redirects are not followed, name the address that it leads to"
    } else if status == StatusCode::NOT_FOUND {
        ", which says that it has no such service"
    } else {
        ""
    };
    format!("the {} at {upstream} answers HTTP status {}{hint}", service.name(), status.as_u16())
}

/// What gRPC makes of an answer that is none of its own.
const fn code_of(status: StatusCode) -> Code {
    match status {
        StatusCode::BAD_REQUEST => Code::Internal,
        StatusCode::UNAUTHORIZED => Code::Unauthenticated,
        StatusCode::FORBIDDEN => Code::PermissionDenied,
        StatusCode::NOT_FOUND => Code::Unimplemented,
        StatusCode::TOO_MANY_REQUESTS
        | StatusCode::BAD_GATEWAY
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::GATEWAY_TIMEOUT => Code::Unavailable,
        _ => Code::Unknown,
    }
}

fn too_large() -> Status {
    let limit = REQUEST_LIMIT >> 20;
    Status::resource_exhausted(format!("a request has at most {limit} MiB here"))
}
