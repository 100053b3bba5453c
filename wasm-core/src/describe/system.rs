//! What only the system sends, as it may be seen in a history.

use super::Told;
use crate::object::{Object, Owner};
use crate::tx::kind::{ChangeEpoch, ConsensusCommitPrologueV1, GenesisTransaction};

/// An object of the genesis, in short; its digest stands for all that is in it.
fn of_object(object: &Object) -> String {
    let id = object.id().map_or_else(|_| "no id".to_owned(), |id| id.to_string());
    let owner = match object.owner {
        Owner::AddressOwner(owner) => format!("owned by {owner}"),
        Owner::Shared { initial_shared_version } => {
            format!("shared from version {initial_shared_version} on")
        }
        Owner::Immutable => "that nobody can change".to_owned(),
    };
    let digest = object.digest();
    format!("{} {id} {owner}, digest {digest}", object.data.object_type.name())
}

impl Told<'_> {
    pub(super) fn genesis(&mut self, genesis: &GenesisTransaction) {
        let GenesisTransaction { objects } = genesis;
        self.headline("Create the first objects of a network");
        self.text("Objects", objects.len().to_string());
        for object in objects {
            self.text("Object", of_object(object));
        }
    }

    pub(super) fn prologue(&mut self, prologue: &ConsensusCommitPrologueV1) {
        let ConsensusCommitPrologueV1 {
            epoch,
            round,
            sub_dag_index,
            commit_timestamp_ms,
            consensus_commit_digest,
            additional_state_digest,
        } = prologue;
        self.headline("Begin a consensus commit");
        self.epoch("Epoch", *epoch);
        self.text("Round", round.to_string());
        let part = sub_dag_index.map_or_else(|| "the whole".into(), |part| part.to_string());
        self.text("Part", part);
        self.text("Time", format!("{commit_timestamp_ms} ms since 1970"));
        self.digest("Commit", consensus_commit_digest);
        self.digest("Further state", additional_state_digest);
    }

    pub(super) fn change_epoch(&mut self, change: &ChangeEpoch) {
        let ChangeEpoch {
            epoch,
            epoch_start_timestamp_ms,
            protocol_version,
            fees,
            epoch_randomness,
        } = change;
        self.headline(format!("Begin epoch {epoch}"));
        self.epoch("Epoch", *epoch);
        self.text("Begins", format!("{epoch_start_timestamp_ms} ms since 1970"));
        self.text("Protocol version", protocol_version.to_string());
        self.amount("Fees of the epoch that ends", *fees);
        self.hex("Randomness", epoch_randomness);
        self.consequence(
            "Stakes, commissions, models and validators that waited for the epoch take effect, \
             rewards are paid, and new targets are made.",
        );
    }
}
