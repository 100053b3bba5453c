//! Objects: one, many, and those of an owner.

use super::pages::{self, LARGEST, Page, PageToken, Walk};
use super::{Client, another, found, garbage, mask, present};
use crate::convert::ConvertError;
use crate::hidden::refusal;
use crate::methods;
use crate::proto::soma as proto;
use crate::transport::Carrier;
use proto::get_object_result::Result as ObjectResult;
use std::collections::BTreeMap;
use wasm_core::address::{Address, ObjectId};
use wasm_core::object::{Object, ObjectType, Owner, Version};
use wasm_core::ports::{ChainError, Coin};

/// All of an object: what its digest is computed from, and the digest to compare.
const WHOLE_OBJECT: [&str; 7] =
    ["object_id", "version", "digest", "owner", "object_type", "contents", "previous_transaction"];
/// Objects asked for at once.
const BATCH: usize = 50;

fn request(id: ObjectId, version: Option<Version>) -> proto::GetObjectRequest {
    proto::GetObjectRequest {
        object_id: Some(id.to_string()),
        version,
        read_mask: Some(mask(&WHOLE_OBJECT)),
    }
}

impl<T: Carrier> Client<T> {
    /// An object as it was at a version; none where the node has no such version.
    ///
    /// # Errors
    /// Where the node gives no usable answer.
    pub async fn object_at(
        &self,
        id: ObjectId,
        version: Version,
    ) -> Result<Option<Object>, ChainError> {
        self.get_object(id, Some(version)).await
    }

    pub(super) async fn get_object(
        &self,
        id: ObjectId,
        version: Option<Version>,
    ) -> Result<Option<Object>, ChainError> {
        let request = request(id, version);
        let answer = match self.read(methods::GET_OBJECT, request.clone()).await {
            Ok(answer) => present(answer.object, "object"),
            Err(ChainError::Hidden) => self.object_in_batch(request).await,
            Err(error) => Err(error),
        };
        found(answer)?.map(|message| read_asked(&message, id, version)).transpose()
    }

    /// Many objects, each as it is now or at a version, in the order of the question; none where the
    /// node has none.
    ///
    /// # Errors
    /// Where the node gives no usable answer to any of them.
    pub async fn objects(
        &self,
        asked: &[(ObjectId, Option<Version>)],
    ) -> Result<Vec<Option<Object>>, ChainError> {
        let mut objects = Vec::with_capacity(asked.len());
        for batch in asked.chunks(BATCH) {
            let request = proto::BatchGetObjectsRequest {
                requests: batch.iter().map(|&(id, version)| request(id, version)).collect(),
                read_mask: Some(mask(&WHOLE_OBJECT)),
            };
            let answer = self.read(methods::BATCH_GET_OBJECTS, request).await?;
            if answer.objects.len() != batch.len() {
                let (answers, questions) = (answer.objects.len(), batch.len());
                let text = format!("{answers} answers to {questions} questions");
                return Err(ChainError::Garbage(text));
            }
            for (&(id, version), item) in batch.iter().zip(answer.objects) {
                let item = match item.result {
                    Some(ObjectResult::Object(object)) => Ok(object),
                    Some(ObjectResult::Error(status)) => Err(refusal(&status)),
                    None => Err(garbage(ConvertError::Missing { field: "object" })),
                };
                let object = found(item)?.map(|message| read_asked(&message, id, version));
                objects.push(object.transpose()?);
            }
        }
        Ok(objects)
    }

    /// A page of the objects of an address, of one type or of all: by type, coins from the poorest
    /// on, then by id.
    ///
    /// `size` is at most 1000; the node may give fewer and still have more.
    ///
    /// # Errors
    /// Where the node gives no usable answer, also to a token of another question.
    pub async fn owned_page(
        &self,
        owner: Address,
        object_type: Option<ObjectType>,
        size: u32,
        after: Option<&PageToken>,
    ) -> Result<Page<Object>, ChainError> {
        let request = proto::ListOwnedObjectsRequest {
            owner: Some(owner.to_string()),
            page_size: Some(size.min(LARGEST)),
            page_token: after.map(|token| token.0.clone()),
            read_mask: Some(mask(&WHOLE_OBJECT)),
            object_type: object_type.map(|object_type| object_type.name().to_owned()),
        };
        let page = self.read(methods::LIST_OWNED_OBJECTS, request).await?;
        let read = |message| read_owned(message, owner, object_type);
        let items: Result<_, _> = page.objects.iter().map(read).collect();
        Ok(Page { items: items?, next: pages::token(page.next_page_token)? })
    }

    /// All objects of an address, of one type or of all, every page of them, ordered by id.
    ///
    /// # Errors
    /// Where the node gives no usable answer.
    pub async fn owned(
        &self,
        owner: Address,
        object_type: Option<ObjectType>,
    ) -> Result<Vec<Object>, ChainError> {
        // An object that changes between two pages can be on both.
        let mut objects: BTreeMap<ObjectId, Object> = BTreeMap::new();
        let mut walk = Walk::default();
        while let Some(token) = walk.next() {
            let page = self.owned_page(owner, object_type, LARGEST, token.as_ref()).await?;
            for object in page.items {
                let id = object.id().map_err(wrong)?;
                let older =
                    objects.get(&id).is_none_or(|known| known.data.version < object.data.version);
                if older {
                    objects.insert(id, object);
                }
            }
            walk.turn(page.next)?;
        }
        Ok(objects.into_values().collect())
    }

    pub(super) async fn all_coins(&self, owner: Address) -> Result<Vec<Coin>, ChainError> {
        let coins = self.owned(owner, Some(ObjectType::Coin)).await?;
        coins
            .iter()
            .map(|coin| {
                let reference = coin.reference().map_err(wrong)?;
                Ok(Coin { reference, balance: coin.coin_balance().map_err(wrong)? })
            })
            .collect()
    }

    /// What the coins of an address come to, in shannons; 0 where it has none. The node counts with
    /// each checkpoint, so a transaction that was just executed may not have been counted yet.
    ///
    /// # Errors
    /// Where the node gives no usable answer.
    pub async fn balance(&self, owner: Address) -> Result<u64, ChainError> {
        let request = proto::GetBalanceRequest { owner: Some(owner.to_string()) };
        present(self.read(methods::GET_BALANCE, request).await?.balance, "balance")
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the form that map_err takes")]
pub(super) fn wrong(error: wasm_core::object::ObjectError) -> ChainError {
    ChainError::Garbage(error.to_string())
}

/// An object that is what it says: its contents have the digest that comes with them.
fn read_object(message: &proto::Object) -> Result<Object, ChainError> {
    let object = Object::try_from(message).map_err(garbage)?;
    let told = crate::convert::object::reference(message).map_err(garbage)?;
    if object.digest() == told.digest {
        Ok(object)
    } else {
        Err(ChainError::Garbage(format!("object {} does not have its own digest", told.id)))
    }
}

/// The object that was asked for.
fn read_asked(
    message: &proto::Object,
    id: ObjectId,
    version: Option<Version>,
) -> Result<Object, ChainError> {
    let object = read_object(message)?;
    if object.id().ok() != Some(id) {
        return Err(another("object"));
    }
    if version.is_some_and(|version| version != object.data.version) {
        return Err(another("version of an object"));
    }
    Ok(object)
}

fn read_owned(
    message: &proto::Object,
    owner: Address,
    object_type: Option<ObjectType>,
) -> Result<Object, ChainError> {
    let object = read_object(message)?;
    if object.owner != Owner::AddressOwner(owner) {
        return Err(ChainError::Garbage("an object of somebody else".to_owned()));
    }
    if object_type.is_some_and(|object_type| object_type != object.data.object_type) {
        return Err(another("type of object"));
    }
    Ok(object)
}
