//! Data for targets, and what comes of it, in words.

use super::Told;
use crate::address::TargetId;
use crate::manifest::SubmissionManifest;
use crate::tx::kind::SubmitDataArgs;

impl Told<'_> {
    pub(super) fn submit_data(&mut self, args: &SubmitDataArgs) {
        let SubmitDataArgs {
            target_id,
            data_manifest: SubmissionManifest { manifest },
            model_id,
            embedding,
            distance_score,
            loss_score,
            bond_coin,
        } = args;
        self.headline(format!("Submit data to target {}", target_id.to_short()));
        self.object("Target", *target_id);
        self.file(manifest);
        self.object("Model", *model_id);
        self.embedding(embedding);
        self.text("Distance to the target", distance_score.to_string());
        self.text("Losses", loss_score.to_string());
        self.object("Coin for the bond", bond_coin.id);
        self.text("Deadline", "The data must be at its address until the next epoch has ended");
        self.consequence(
            "A bond is taken for each byte of data. It comes back with the reward when the target \
             is settled, two epochs from now at the earliest, and is lost where validators of two \
             thirds of the voting power report the data as dishonest.",
        );
    }

    pub(super) fn claim_rewards(&mut self, target: TargetId) {
        self.headline(format!("Settle target {}", target.to_short()));
        self.object("Target", target);
        self.consequence(
            "Rewards and bond are paid out and the target is deleted. Of a filled target's reward \
             the submitter and the owner of the model get nearly all, and the bond goes back to \
             the submitter; where the data was reported, the bond goes to the reporters instead, \
             and the reward back to the network. A target that nobody filled gives its reward back \
             to the network. Whoever settles it earns a small share.",
        );
    }

    pub(super) fn report_submission(&mut self, target: TargetId) {
        self.headline("Report the data submitted to a target");
        self.object("Target", target);
        self.text("Deadline", "Reports count only in the epoch right after the submission");
        self.consequence(
            "Where two thirds of the voting power report it, the bond is lost to the reporters, \
             and submitter and model get no reward.",
        );
    }

    pub(super) fn undo_report_submission(&mut self, target: TargetId) {
        self.headline("Take back the report of the data submitted to a target");
        self.object("Target", target);
        self.text("Deadline", "Only in the epoch right after the submission");
        self.consequence("The report no longer counts when the target is settled.");
    }
}
