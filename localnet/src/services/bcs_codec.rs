//! gRPC with BCS inside the frame: how faucet, scoring and admin speak.

use axum::body::Body;
use http::{Request, Response};
use prost::bytes::{Buf, BufMut};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::marker::PhantomData;
use tonic::Status;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};

/// Writes `T` and reads `U`.
struct BcsCodec<T, U>(PhantomData<fn(T) -> U>);

impl<T, U> Codec for BcsCodec<T, U>
where
    T: Serialize + Send + 'static,
    U: DeserializeOwned + Send + 'static,
{
    type Encode = T;
    type Decode = U;
    type Encoder = BcsEncoder<T>;
    type Decoder = BcsDecoder<U>;

    fn encoder(&mut self) -> BcsEncoder<T> {
        BcsEncoder(PhantomData)
    }

    fn decoder(&mut self) -> BcsDecoder<U> {
        BcsDecoder(PhantomData)
    }
}

struct BcsEncoder<T>(PhantomData<fn(T)>);

impl<T: Serialize> Encoder for BcsEncoder<T> {
    type Item = T;
    type Error = Status;

    fn encode(&mut self, item: T, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        let bytes = bcs::to_bytes(&item).map_err(|error| Status::internal(error.to_string()))?;
        buffer.put_slice(&bytes);
        Ok(())
    }
}

struct BcsDecoder<U>(PhantomData<fn() -> U>);

impl<U: DeserializeOwned> Decoder for BcsDecoder<U> {
    type Item = U;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<U>, Status> {
        let bytes = buffer.copy_to_bytes(buffer.remaining());
        bcs::from_bytes(&bytes).map(Some).map_err(|error| {
            Status::invalid_argument(format!("the message is not the BCS of the request: {error}"))
        })
    }
}

/// Answers one call of a method whose request and response are BCS.
pub(crate) async fn unary<Q, R, F>(
    request: Request<Body>,
    mut answer: impl FnMut(Q) -> F,
) -> Response<tonic::body::Body>
where
    Q: DeserializeOwned + Send + 'static,
    R: Serialize + Send + 'static,
    F: Future<Output = Result<R, Status>>,
{
    let service = tower::service_fn(move |request: tonic::Request<Q>| {
        let answer = answer(request.into_inner());
        async move { answer.await.map(tonic::Response::new) }
    });
    let mut grpc = tonic::server::Grpc::new(BcsCodec::<R, Q>(PhantomData));
    grpc.unary(service, request.map(tonic::body::Body::new)).await
}
