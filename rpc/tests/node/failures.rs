//! Nodes that refuse, fail, dawdle, talk nonsense or hang up.

use crate::fake::{Fake, handler, start};
use crate::http1::Http1;
use crate::raw::{GRPC_WEB, answer_in_turn, answer_once, http};
use crate::values::transfer;
use crate::{grpc_web, http2, over_both};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode};
use prost::Message;
use rpc::native::Http2;
use rpc::proto::{google_rpc, soma as proto};
use rpc::{Client, Deadlines};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tonic::{Code, Status};
use wasm_core::address::ObjectId;
use wasm_core::ports::{Chain, ChainError};

const INFO: &str = "/soma.rpc.LedgerService/GetServiceInfo";
const ID: ObjectId = ObjectId([0xab; 32]);

fn bad_request(field: &str, description: &str, reason: &str) -> Vec<u8> {
    let violation = google_rpc::bad_request::FieldViolation {
        field: field.to_owned(),
        description: description.to_owned(),
        reason: reason.to_owned(),
    };
    let request = google_rpc::BadRequest { field_violations: vec![violation] };
    let detail = prost_types::Any {
        type_url: "/google.rpc.BadRequest".to_owned(),
        value: request.encode_to_vec(),
    };
    let status = google_rpc::Status { code: 3, message: String::new(), details: vec![detail] };
    status.encode_to_vec()
}

/// A node that answers every execution and simulation with this error.
fn refusing(code: Code, message: &str, details: Vec<u8>) -> Fake {
    let status = Status::with_details(code, message, details.into());
    let again = status.clone();
    let (execute_transaction, _) = handler(move |_| Err(status.clone()));
    let (simulate_transaction, _) = handler(move |_| Err(again.clone()));
    Fake { execute_transaction, simulate_transaction, ..Fake::default() }
}

#[tokio::test]
async fn a_refusal_names_the_fields_at_fault() {
    let text = "invalid transaction: field: coin reason: FIELD_MISSING, 100% sure, ü";
    let details = bad_request("transaction", text, "FIELD_INVALID");
    over_both!(&refusing(Code::InvalidArgument, text, details.clone()), |client| {
        let error = client.execute(&transfer()).await.unwrap_err();
        let ChainError::Refused { code, message, violations } = error else {
            panic!("{error:?}");
        };
        assert_eq!((code, message.as_str()), (3, text));
        assert_eq!(violations, [("transaction".to_owned(), text.to_owned())]);
    });
    let details = bad_request("signatures[0]", "", "FIELD_MISSING");
    over_both!(&refusing(Code::InvalidArgument, "", details.clone()), |client| {
        let error = client.execute(&transfer()).await.unwrap_err();
        let ChainError::Refused { message, violations, .. } = error else {
            panic!("{error:?}");
        };
        assert_eq!(message, "the field signatures[0] is missing or not valid");
        assert_eq!(violations, [("signatures[0]".to_owned(), "FIELD_MISSING".to_owned())]);
    });
}

#[tokio::test]
async fn conflicts_over_a_coin_are_told_apart() {
    let told = |what| format!("Object ({ID}, Version(3), o#1111) {what}");
    let stale = told("is not available for consumption, its current version: Version(9)");
    let locked = told("already locked by a different transaction: TransactionDigest(1111)");
    over_both!(&refusing(Code::InvalidArgument, &stale, Vec::new()), |client| {
        let error = client.execute(&transfer()).await.unwrap_err();
        assert_eq!(error, ChainError::Stale { object: ID });
    });
    over_both!(&refusing(Code::FailedPrecondition, &locked, Vec::new()), |client| {
        let error = client.execute(&transfer()).await.unwrap_err();
        assert_eq!(error, ChainError::Locked { object: ID });
    });
    over_both!(&refusing(Code::Internal, &stale, Vec::new()), |client| {
        let error = client.simulate(&transfer().transaction).await.unwrap_err();
        assert_eq!(error, ChainError::Stale { object: ID });
        let error = client.execute(&transfer()).await.unwrap_err();
        assert_eq!(error, ChainError::Unsettled(stale.clone()));
    });
    over_both!(&refusing(Code::Unavailable, &locked, Vec::new()), |client| {
        let error = client.execute(&transfer()).await.unwrap_err();
        assert_eq!(error, ChainError::Unsettled(locked.clone()));
    });
}

#[tokio::test]
async fn a_late_answer_is_not_waited_for() {
    let (get_service_info, _) = handler(|_| Ok(proto::GetServiceInfoResponse::default()));
    let fake = Fake { get_service_info, delay: Duration::from_secs(30), ..Fake::default() };
    over_both!(&fake, |client| {
        let deadlines = Deadlines { request: Duration::from_secs(1), ..Deadlines::default() };
        let began = Instant::now();
        let error = client.with_deadlines(deadlines).service_info().await.unwrap_err();
        assert_eq!(error, ChainError::Timeout { seconds: 1 });
        assert!(began.elapsed() < Duration::from_secs(10));
    });
}

#[tokio::test]
async fn a_late_simulation_is_given_up_before_other_answers_are() {
    let (simulate_transaction, _) = handler(|_| Ok(proto::SimulateTransactionResponse::default()));
    let fake = Fake { simulate_transaction, delay: Duration::from_secs(30), ..Fake::default() };
    assert!(Deadlines::default().simulate < Deadlines::default().request);
    over_both!(&fake, |client| {
        let deadlines = Deadlines { simulate: Duration::from_secs(1), ..Deadlines::default() };
        let began = Instant::now();
        let simulated = client.with_deadlines(deadlines).simulate(&transfer().transaction).await;
        assert_eq!(simulated.unwrap_err(), ChainError::Timeout { seconds: 1 });
        assert!(began.elapsed() < Duration::from_secs(10));
    });
}

#[tokio::test]
async fn a_message_that_is_too_large_is_refused_by_its_header() {
    // A gigabyte, of which nothing comes: whoever waited for it would wait for the deadline.
    let head = format!("HTTP/1.1 200 OK\r\n{GRPC_WEB}\r\ncontent-length: 1073741829\r\n\r\n");
    let answer = [head.as_bytes(), &[0, 0x40, 0, 0, 0], &[7; 4096]].concat();
    let (address, _task) = answer_once(answer).await;
    let began = Instant::now();
    let error = Client::new(Http1::new(address)).service_info().await.unwrap_err();
    assert!(matches!(error, ChainError::Garbage(_)), "{error:?}");
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn a_call_can_be_given_up_from_outside() {
    let (execute_transaction, _) = handler(|_| Ok(proto::ExecuteTransactionResponse::default()));
    let fake = Fake { execute_transaction, delay: Duration::from_secs(30), ..Fake::default() };
    over_both!(&fake, |client| {
        let (cancellable, cancel) = client.cancellable();
        let signed = transfer();
        let later = async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            cancel.cancel();
        };
        let (answer, ()) = tokio::join!(cancellable.execute(&signed), later);
        let error = answer.unwrap_err();
        assert_eq!(error, ChainError::Cancelled);
        assert!(error.leaves_outcome_unknown());
        // Once given up is given up.
        assert_eq!(cancellable.execute(&signed).await.unwrap_err(), ChainError::Cancelled);
    });
}

#[tokio::test]
async fn a_way_out_that_is_dropped_ends_nothing() {
    over_both!(&Fake::default(), |client| {
        let (cancellable, cancel) = client.cancellable();
        drop(cancel);
        let error = cancellable.service_info().await.unwrap_err();
        assert!(matches!(error, ChainError::Unimplemented(_)), "{error:?}");
    });
}

/// A node that answers [`INFO`] with this.
fn answering(answer: impl Fn() -> Response + Send + Sync + 'static) -> Fake {
    let answer: Arc<dyn Fn() -> Response + Send + Sync> = Arc::new(answer);
    Fake { raw: HashMap::from([(INFO, answer)]), ..Fake::default() }
}

#[tokio::test]
async fn a_service_that_is_not_there_is_not_offered() {
    let fake = answering(|| StatusCode::OK.into_response());
    over_both!(&fake, |client| {
        let error = client.coins(wasm_core::address::Address::ZERO).await.unwrap_err();
        assert_eq!(error, ChainError::Unimplemented("HTTP status 404".to_owned()));
    });
}

#[tokio::test]
async fn a_page_for_people_is_no_answer() {
    let node = start(&answering(|| axum::response::Html("<h1>Sign in</h1>").into_response()));
    let error = http2(&node).service_info().await.unwrap_err();
    assert!(matches!(error, ChainError::Garbage(_)), "{error:?}");

    let page = http("200 OK", "content-type: text/html", b"<h1>Sign in</h1>");
    let (address, _task) = answer_once(page).await;
    let error = Client::new(Http1::new(address)).service_info().await.unwrap_err();
    assert!(matches!(error, ChainError::Garbage(_)), "{error:?}");
}

#[tokio::test]
async fn an_overloaded_gateway_may_be_asked_again() {
    let node = start(&answering(|| StatusCode::SERVICE_UNAVAILABLE.into_response()));
    for error in [
        http2(&node).service_info().await.unwrap_err(),
        grpc_web(&node).service_info().await.unwrap_err(),
    ] {
        assert_eq!(error, ChainError::Unreachable("HTTP status 503".to_owned()));
        assert!(error.is_retryable());
    }
}

fn grpc(body: &'static [u8]) -> Response {
    ([("content-type", "application/grpc+proto")], body).into_response()
}

#[tokio::test]
async fn bytes_that_are_no_message_are_garbage() {
    let bodies: [&'static [u8]; 4] = [
        // field 1 of a type that does not exist
        b"\0\0\0\0\x01\x0f",
        // more promised than there is
        b"\0\0\0\0\x09abc",
        b"\x07\0\0\0\0",
        b"nonsense",
    ];
    for body in bodies {
        let node = start(&answering(move || grpc(body)));
        let error = http2(&node).service_info().await.unwrap_err();
        assert!(matches!(error, ChainError::Garbage(_)), "{body:?} {error:?}");
    }
    let ok = b"\x80\0\0\0\x0fgrpc-status:0\r\n";
    let bodies: [Vec<u8>; 5] = [
        [b"\0\0\0\0\x01\x0f", &ok[..]].concat(),
        [b"\0\0\0\0\0", &ok[..], b"\0\0\0\0\0"].concat(),
        b"\0\0\0\0\0\x80\0\0\0\x10grpc-status:abc\n".to_vec(),
        b"nonsense".to_vec(),
        // a whole message, and no status
        b"\0\0\0\0\0".to_vec(),
    ];
    for body in bodies {
        let (address, _task) = answer_once(http("200 OK", GRPC_WEB, &body)).await;
        let error = Client::new(Http1::new(address)).service_info().await.unwrap_err();
        assert!(matches!(error, ChainError::Garbage(_)), "{body:?} {error:?}");
    }
}

#[tokio::test]
async fn an_answer_that_lacks_what_was_asked_for_is_garbage() {
    let (get_service_info, _) = handler(|_| Ok(proto::GetServiceInfoResponse::default()));
    let (execute_transaction, _) = handler(|_| Ok(proto::ExecuteTransactionResponse::default()));
    over_both!(&Fake { get_service_info, execute_transaction, ..Fake::default() }, |client| {
        let error = client.service_info().await.unwrap_err();
        assert_eq!(error, ChainError::Garbage("the field chain_id is missing".to_owned()));
        let error = client.execute(&transfer()).await.unwrap_err();
        assert_eq!(error, ChainError::Garbage("the field transaction is missing".to_owned()));
    });
}

#[tokio::test]
async fn details_that_are_not_base64_take_nothing_from_the_error() {
    let node = start(&answering(|| {
        let mut response = grpc(b"");
        let headers = response.headers_mut();
        headers.insert("grpc-status", HeaderValue::from_static("3"));
        headers.insert("grpc-message", HeaderValue::from_static("no%20such%20thing"));
        headers.insert("grpc-status-details-bin", HeaderValue::from_static("\"!?\""));
        response
    }));
    let expected = ChainError::Refused {
        code: 3,
        message: "no such thing".to_owned(),
        violations: Vec::new(),
    };
    assert_eq!(http2(&node).service_info().await.unwrap_err(), expected);
    assert_eq!(grpc_web(&node).service_info().await.unwrap_err(), expected);

    // The same as trailers, behind a message and in one piece with it.
    let trailers =
        b"grpc-status:3\r\ngrpc-message:no%20such%20thing\r\ngrpc-status-details-bin:?\r\n";
    let length = u8::try_from(trailers.len()).unwrap();
    let body = [b"\0\0\0\0\0\x80\0\0\0", &[length][..], trailers].concat();
    let (address, _task) = answer_once(http("200 OK", GRPC_WEB, &body)).await;
    let error = Client::new(Http1::new(address)).service_info().await.unwrap_err();
    assert_eq!(error, expected);
}

#[tokio::test]
async fn an_error_whose_reason_the_browser_hides_is_known_as_such() {
    // What is left of a trailers-only error where no header is exposed.
    let (address, _task) = answer_once(http("200 OK", GRPC_WEB, b"")).await;
    let error = Client::new(Http1::new(address)).execute(&transfer()).await.unwrap_err();
    assert_eq!(error, ChainError::Hidden);
    assert!(error.leaves_outcome_unknown());
}

/// A message and a good status, as gRPC-web has them.
fn framed(message: &impl Message) -> Vec<u8> {
    const TRAILERS: &[u8] = b"grpc-status:0\r\n";
    let frame = |flag: u8, bytes: &[u8]| {
        [&[flag][..], &u32::try_from(bytes.len()).expect("a short message").to_be_bytes(), bytes]
            .concat()
    };
    [frame(0, &message.encode_to_vec()), frame(0x80, TRAILERS)].concat()
}

#[tokio::test]
async fn what_is_not_there_is_found_out_past_a_hidden_status() {
    use proto::get_object_result::Result as ObjectResult;
    use proto::get_transaction_result::Result as TransactionResult;
    use wasm_core::digest::TransactionDigest;
    let status = |code| google_rpc::Status { code, message: "because".into(), details: vec![] };
    let nothing = || http("200 OK", GRPC_WEB, b"");

    for (code, expected) in [
        (5, Ok(None)),
        (3, Err(ChainError::Refused { code: 3, message: "because".into(), violations: vec![] })),
    ] {
        let result = Some(TransactionResult::Error(status(code)));
        let transactions = vec![proto::GetTransactionResult { result }];
        let batch = framed(&proto::BatchGetTransactionsResponse { transactions });
        let (address, task) =
            answer_in_turn(vec![nothing(), http("200 OK", GRPC_WEB, &batch)]).await;
        let client = Client::new(Http1::new(address));
        assert_eq!(client.transaction(TransactionDigest([7; 32])).await, expected);
        let asked = task.await.unwrap();
        assert!(asked[0].head.contains("/gettransaction"), "{}", asked[0].head);
        assert!(asked[1].head.contains("/batchgettransactions"), "{}", asked[1].head);
    }

    let result = Some(ObjectResult::Error(status(5)));
    let objects = vec![proto::GetObjectResult { result }];
    let batch = framed(&proto::BatchGetObjectsResponse { objects });
    let (address, task) = answer_in_turn(vec![nothing(), http("200 OK", GRPC_WEB, &batch)]).await;
    assert_eq!(Client::new(Http1::new(address)).object(ID).await, Ok(None));
    assert!(task.await.unwrap()[1].head.contains("/batchgetobjects"));

    // Whatever else fails both times stays hidden.
    let (address, _task) = answer_in_turn(vec![nothing(), nothing()]).await;
    let error = Client::new(Http1::new(address)).object(ID).await.unwrap_err();
    assert_eq!(error, ChainError::Hidden);
}

#[tokio::test]
async fn a_connection_that_breaks_after_sending_leaves_the_outcome_open() {
    let whole = b"\0\0\0\0\x20abcd";
    for answer in [
        Vec::new(),
        b"HTTP/1.1 200 OK\r\nconte".to_vec(),
        http("200 OK", &format!("{GRPC_WEB}\r\ncontent-length: 999"), whole),
        http("200 OK", GRPC_WEB, whole),
    ] {
        let (address, task) = answer_once(answer.clone()).await;
        let error = Client::new(Http1::new(address)).execute(&transfer()).await.unwrap_err();
        assert!(matches!(error, ChainError::Unreachable(_)), "{answer:?} {error:?}");
        assert!(error.leaves_outcome_unknown());
        assert!(task.await.unwrap().head.contains("/executetransaction"));
    }
}

#[tokio::test]
async fn a_node_that_hangs_up_is_unreachable() {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let task = tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut some = [0; 64];
            let _ = tokio::io::AsyncReadExt::read(&mut stream, &mut some).await;
        }
    });
    let client = Client::<Http2>::connect(&format!("http://{address}"));
    let error = client.execute(&transfer()).await.unwrap_err();
    assert!(matches!(error, ChainError::Unreachable(_)), "{error:?}");
    task.abort();
}

#[tokio::test]
async fn nobody_there_is_unreachable() {
    // A port that was free a moment ago.
    let address = {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        listener.local_addr().unwrap()
    };
    let url = format!("http://{address}");
    for error in [
        Client::<Http2>::connect(&url).service_info().await.unwrap_err(),
        Client::new(Http1::new(address)).service_info().await.unwrap_err(),
        Client::<Http2>::connect("not an address").service_info().await.unwrap_err(),
        Client::<Http2>::connect("https://localhost").service_info().await.unwrap_err(),
    ] {
        assert!(matches!(error, ChainError::Unreachable(_)), "{error:?}");
    }
}
