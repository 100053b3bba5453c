//! Targets: listed in pages, and one by one.

use super::pages::{self, LARGEST, Page, PageToken, Walk};
use super::{Client, another, found, garbage, mask, present, refused};
use crate::methods;
use crate::proto::soma as proto;
use crate::transport::Carrier;
use std::collections::BTreeMap;
use wasm_core::address::TargetId;
use wasm_core::listing::{ListedTarget, TargetFilter, TargetRow};
use wasm_core::ports::ChainError;
use wasm_core::target::TargetV1;

/// What the node reads from its index alone.
const ROW: [&str; 4] = ["id", "status", "generation_epoch", "reward_pool"];
const TARGET: [&str; 13] = [
    "id",
    "embedding",
    "model_ids",
    "distance_threshold",
    "reward_pool",
    "generation_epoch",
    "status",
    "fill_epoch",
    "submitter",
    "winning_model_id",
    "winning_model_owner",
    "bond_amount",
    "data_url",
];

fn without_embedding() -> Vec<&'static str> {
    TARGET.into_iter().filter(|path| *path != "embedding").collect()
}

impl<T: Carrier> Client<T> {
    /// A page of targets with all that a node lists of them.
    ///
    /// `size` is at most 1000; the node may give fewer, or none, and still have more.
    ///
    /// # Errors
    /// Where the node gives no usable answer, also to a token of another question.
    pub async fn target_page(
        &self,
        filter: &TargetFilter,
        size: u32,
        after: Option<&PageToken>,
    ) -> Result<Page<ListedTarget>, ChainError> {
        self.listed_page(filter, size, after, &TARGET).await
    }

    async fn listed_page(
        &self,
        filter: &TargetFilter,
        size: u32,
        after: Option<&PageToken>,
        paths: &[&str],
    ) -> Result<Page<ListedTarget>, ChainError> {
        let page = self.list_targets(filter, size, after, paths).await?;
        let mut items = Vec::with_capacity(page.items.len());
        for message in &page.items {
            let target = ListedTarget::try_from(message).map_err(garbage)?;
            if filter.submitter.is_some_and(|submitter| target.submitter != Some(submitter)) {
                return Err(another("submitter's target"));
            }
            items.push(target);
        }
        Ok(Page { items, next: page.next })
    }

    /// A page of targets with all that a node lists of them but where they are.
    ///
    /// `size` is at most 1000; the node may give fewer, or none, and still have more.
    ///
    /// # Errors
    /// Where the node gives no usable answer, also to a token of another question.
    pub async fn target_summary_page(
        &self,
        filter: &TargetFilter,
        size: u32,
        after: Option<&PageToken>,
    ) -> Result<Page<ListedTarget>, ChainError> {
        self.listed_page(filter, size, after, &without_embedding()).await
    }

    /// A page of targets with the least that a row shows, for listings of many thousands.
    ///
    /// `size` is at most 1000; the node may give fewer, or none, and still have more.
    ///
    /// # Errors
    /// Where the node gives no usable answer, also to a token of another question.
    pub async fn target_row_page(
        &self,
        filter: &TargetFilter,
        size: u32,
        after: Option<&PageToken>,
    ) -> Result<Page<TargetRow>, ChainError> {
        let page = self.list_targets(filter, size, after, &ROW).await?;
        let items: Result<_, _> = page.items.iter().map(TargetRow::try_from).collect();
        Ok(Page { items: items.map_err(garbage)?, next: page.next })
    }

    /// All targets that a filter lets pass, every page of them, ordered by id.
    ///
    /// # Errors
    /// Where the node gives no usable answer.
    pub async fn targets(&self, filter: &TargetFilter) -> Result<Vec<ListedTarget>, ChainError> {
        self.every_listed(filter, &TARGET).await
    }

    /// The same without where they are: embeddings are most of a long answer.
    ///
    /// # Errors
    /// Where the node gives no usable answer.
    pub async fn targets_without_embeddings(
        &self,
        filter: &TargetFilter,
    ) -> Result<Vec<ListedTarget>, ChainError> {
        self.every_listed(filter, &without_embedding()).await
    }

    async fn every_listed(
        &self,
        filter: &TargetFilter,
        paths: &[&str],
    ) -> Result<Vec<ListedTarget>, ChainError> {
        let mut targets = BTreeMap::new();
        let mut walk = Walk::default();
        while let Some(token) = walk.next() {
            let page = self.listed_page(filter, LARGEST, token.as_ref(), paths).await?;
            targets.extend(page.items.into_iter().map(|target| (target.id, target)));
            walk.turn(page.next)?;
        }
        Ok(targets.into_values().collect())
    }

    /// The rows of all targets that a filter lets pass, every page of them, ordered by id.
    ///
    /// # Errors
    /// Where the node gives no usable answer.
    pub async fn target_rows(&self, filter: &TargetFilter) -> Result<Vec<TargetRow>, ChainError> {
        let mut rows = BTreeMap::new();
        let mut walk = Walk::default();
        while let Some(token) = walk.next() {
            let page = self.target_row_page(filter, LARGEST, token.as_ref()).await?;
            rows.extend(page.items.into_iter().map(|row| (row.id, row)));
            walk.turn(page.next)?;
        }
        Ok(rows.into_values().collect())
    }

    async fn list_targets(
        &self,
        filter: &TargetFilter,
        size: u32,
        after: Option<&PageToken>,
        paths: &[&str],
    ) -> Result<Page<proto::Target>, ChainError> {
        let request = proto::ListTargetsRequest {
            status_filter: filter.status.map(|status| status.name().to_owned()),
            epoch_filter: filter.epoch,
            page_size: Some(size.min(LARGEST)),
            page_token: after.map(|token| token.0.clone()),
            read_mask: Some(mask(paths)),
            submitter_filter: filter.submitter.map(|address| address.to_string()),
        };
        let page = self.read(methods::LIST_TARGETS, request).await?;
        for message in &page.targets {
            let row = TargetRow::try_from(message).map_err(garbage)?;
            if filter.status.is_some_and(|status| !status.passes(row.status))
                || filter.epoch.is_some_and(|epoch| epoch != row.generation_epoch)
            {
                return Err(another("kind of target"));
            }
        }
        Ok(Page { items: page.targets, next: pages::token(page.next_page_token)? })
    }

    /// A target as the node lists it; none where there is none, as after a claim.
    ///
    /// # Errors
    /// Where the node gives no usable answer, or the object of that id is no target.
    pub async fn listed_target(&self, id: TargetId) -> Result<Option<ListedTarget>, ChainError> {
        self.get_target(id, &TARGET).await
    }

    /// A target as the node lists it but for where it is; none where there is none, as after a claim.
    ///
    /// # Errors
    /// Where the node gives no usable answer, or the object of that id is no target.
    pub async fn target_summary(&self, id: TargetId) -> Result<Option<ListedTarget>, ChainError> {
        self.get_target(id, &without_embedding()).await
    }

    async fn get_target(
        &self,
        id: TargetId,
        paths: &[&str],
    ) -> Result<Option<ListedTarget>, ChainError> {
        let request = proto::GetTargetRequest {
            target_id: Some(id.to_string()),
            read_mask: Some(mask(paths)),
        };
        let answer = match self.read(methods::GET_TARGET, request).await {
            // A browser is not told why; whether there is such an object can be found out.
            Err(ChainError::Hidden) if self.get_object(id, None).await?.is_none() => {
                return Ok(None);
            }
            answer => found(answer)?,
        };
        let Some(answer) = answer else { return Ok(None) };
        let message = present(answer.target, "target")?;
        let target = ListedTarget::try_from(&message).map_err(garbage)?;
        if target.id == id { Ok(Some(target)) } else { Err(another("target")) }
    }

    /// All of a target, with the data's checksum and size, its embedding, its scores and the reports;
    /// none where there is none, as after a claim.
    ///
    /// # Errors
    /// Where the node gives no usable answer, or the object of that id is no target.
    pub async fn target(&self, id: TargetId) -> Result<Option<TargetV1>, ChainError> {
        let object = self.get_object(id, None).await?;
        object.map(|object| object.target().map_err(|error| refused(error.to_string()))).transpose()
    }
}
