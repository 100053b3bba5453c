//! An epoch: its economy, its checkpoints, who signed in it, and the constants in force.

use crate::context::Context;
use crate::epochs;
use crate::refusal::Refusal;
use bridge::explore::{EpochView, Looked, Missing};
use std::rc::Rc;

/// An epoch by its number.
pub(crate) async fn show(context: &Rc<Context>, number: u64) -> Result<Looked<EpochView>, Refusal> {
    let facts = context.following.facts()?;
    let node = context.following.node();
    let current = node.node_info().await?.service.epoch;
    if number > current {
        return Ok(Looked::Missing(Missing::ToCome { newest: current }));
    }
    let point = epochs::one(context, facts.chain_id, number).await?;
    let (Some(point), Some(epoch)) = (point, node.epoch(Some(number)).await?) else {
        return Ok(Looked::Missing(super::unknown(&node).await?));
    };
    let committee = epoch.committee.map(|committee| {
        let name = |key: &_| {
            committee
                .authorities
                .get(key)
                .map(|authority| authority.hostname.clone())
                .filter(|hostname| !hostname.is_empty())
        };
        committee
            .voting_rights
            .iter()
            .map(|(key, power)| {
                let short = || hex::encode(key.0).chars().take(16).collect::<String>() + "…";
                (name(key).unwrap_or_else(short), *power)
            })
            .collect()
    });
    Ok(Looked::Found(Box::new(EpochView {
        point,
        committee: committee.unwrap_or_default(),
        config: epoch.protocol_config,
        current,
    })))
}
