//! The life of a model in words.

use super::{Told, percent};
use crate::address::ModelId;
use crate::amount::Shannons;
use crate::digest::DecryptionKeyCommitment;
use crate::tx::kind::{CommitModelArgs, RevealModelArgs};

impl Told<'_> {
    pub(super) fn create_model(&mut self, stake: u64, commission: u64, architecture: u64) {
        self.headline(format!("Create a model with a stake of {} SOMA", Shannons(stake)));
        self.amount("Stake", stake);
        self.rate("Commission", commission);
        self.text("Architecture", format!("version {architecture}"));
        self.text("Deadline", "Commit weights before the next epoch ends");
        self.consequence(
            "The stake leaves the account and is bound to the model. Without a commit before the \
             next epoch ends, half of it is lost, and half of the rest with every epoch that \
             follows.",
        );
    }

    pub(super) fn commit_model(&mut self, args: &CommitModelArgs) {
        let CommitModelArgs {
            model_id,
            manifest,
            weights_commitment,
            embedding_commitment,
            decryption_key_commitment,
        } = args;
        self.headline(format!("Commit weights for model {}", model_id.to_short()));
        self.object("Model", *model_id);
        self.file(manifest);
        self.digest("Commitment to the weights", weights_commitment);
        self.digest("Commitment to the embedding", embedding_commitment);
        self.digest("Commitment to the key", decryption_key_commitment);
        self.text("Deadline", "Reveal in the epoch right after this one, neither before nor later");
        self.consequence(
            "A new model whose reveal is missed loses half of its stake and can never be active. \
             An update of an active model lapses instead, and nothing is lost.",
        );
    }

    pub(super) fn reveal_model(&mut self, args: &RevealModelArgs) {
        let RevealModelArgs { model_id, decryption_key, embedding } = args;
        self.headline(format!("Reveal the weights of model {}", model_id.to_short()));
        self.object("Model", *model_id);
        // The key itself is not shown: until the transaction is sent it is a secret. Its digest was
        // published with the commit.
        self.text("Key", "The decryption key of the weights");
        self.digest("Digest of the key", DecryptionKeyCommitment::of(decryption_key));
        self.embedding(embedding);
        self.consequence(
            "Key and embedding become public for good: from now on everybody can decrypt and use \
             the weights.",
        );
    }

    pub(super) fn set_model_commission(&mut self, model: ModelId, new_rate: u64) {
        self.headline(format!("Set a model's commission to {}", percent(new_rate)));
        self.object("Model", model);
        self.rate("New commission", new_rate);
        self.consequence("It is in force from the next epoch on.");
    }

    pub(super) fn deactivate_model(&mut self, model: ModelId) {
        self.headline(format!("Take model {} out of service", model.to_short()));
        self.object("Model", model);
        self.consequence(
            "This is final: the model can never be active again. Its stake can be withdrawn.",
        );
    }

    pub(super) fn report_model(&mut self, model: ModelId) {
        self.headline(format!("Report model {}", model.to_short()));
        self.object("Reported model", model);
        self.consequence(
            "A model reported by two thirds of the voting power at the end of the epoch loses \
             95 % of its stake and leaves service for good.",
        );
    }

    pub(super) fn undo_report_model(&mut self, model: ModelId) {
        self.headline(format!("Take back the report of model {}", model.to_short()));
        self.object("Reported model", model);
        self.consequence("The report no longer counts when the epoch ends.");
    }
}
