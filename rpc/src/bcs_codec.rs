//! BCS inside the frames of gRPC: how the faucet, the scoring service and the admin speak.

use bytes::{Buf, BufMut};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::marker::PhantomData;
use tonic::Status;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};

/// Writes `Out` and reads `In`.
#[derive(Debug)]
pub struct BcsCodec<Out, In>(PhantomData<fn(Out) -> In>);

impl<Out, In> Default for BcsCodec<Out, In> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<Out, In> Codec for BcsCodec<Out, In>
where
    Out: Serialize + Send + 'static,
    In: DeserializeOwned + Send + 'static,
{
    type Encode = Out;
    type Decode = In;
    type Encoder = BcsEncoder<Out>;
    type Decoder = BcsDecoder<In>;

    fn encoder(&mut self) -> BcsEncoder<Out> {
        BcsEncoder(PhantomData)
    }

    fn decoder(&mut self) -> BcsDecoder<In> {
        BcsDecoder(PhantomData)
    }
}

/// Writes messages.
#[derive(Debug)]
pub struct BcsEncoder<T>(PhantomData<fn(T)>);

impl<T: Serialize> Encoder for BcsEncoder<T> {
    type Item = T;
    type Error = Status;

    fn encode(&mut self, item: T, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        let bytes = bcs::to_bytes(&item).map_err(|error| Status::internal(error.to_string()))?;
        buffer.put_slice(&bytes);
        Ok(())
    }
}

/// Reads messages, each to its last byte.
#[derive(Debug)]
pub struct BcsDecoder<T>(PhantomData<fn() -> T>);

impl<T: DeserializeOwned> Decoder for BcsDecoder<T> {
    type Item = T;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<T>, Status> {
        let bytes = buffer.copy_to_bytes(buffer.remaining());
        let item = bcs::from_bytes(&bytes);
        item.map(Some).map_err(|error| Status::internal(format!("not the message: {error}")))
    }
}
