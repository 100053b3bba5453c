//! Validators in words.

use super::{Told, percent};
use crate::address::Address;
use crate::tx::kind::{AddValidatorArgs, UpdateValidatorMetadataArgs};

/// The text of a multiaddr in BCS, or the bytes where they are none.
fn multiaddr(bytes: impl AsRef<[u8]>) -> String {
    bcs::from_bytes::<String>(bytes.as_ref()).unwrap_or_else(|_| hex::encode(bytes))
}

impl Told<'_> {
    pub(super) fn add_validator(&mut self, args: &AddValidatorArgs) {
        let AddValidatorArgs {
            pubkey_bytes,
            network_pubkey_bytes,
            worker_pubkey_bytes,
            proof_of_possession,
            net_address,
            p2p_address,
            primary_address,
            proxy_address,
        } = args;
        self.headline("Ask to become a validator");
        self.hex("Protocol key", pubkey_bytes);
        self.hex("Network key", network_pubkey_bytes);
        self.hex("Worker key", worker_pubkey_bytes);
        self.hex("Proof for the protocol key", proof_of_possession);
        self.text("Network address", multiaddr(net_address));
        self.text("Peer-to-peer address", multiaddr(p2p_address));
        self.text("Primary address", multiaddr(primary_address));
        self.text("Proxy address", multiaddr(proxy_address));
        self.consequence(
            "It joins at the end of an epoch, once at least 0.12 % of all that is staked with \
             validators is staked with it. That takes a stake of its own. Its commission begins \
             at 0.1 %.",
        );
    }

    pub(super) fn remove_validator(&mut self, protocol_key: &[u8]) {
        self.headline("Leave the validators at the end of this epoch");
        self.hex("Protocol key", protocol_key);
        self.consequence(
            "Whatever key is named, the account that sends this stops validating and earning when \
             the epoch ends, and that cannot be taken back. Stakes stay and can be withdrawn.",
        );
    }

    pub(super) fn report_validator(&mut self, reportee: Address) {
        self.headline(format!("Report validator {}", reportee.to_short()));
        self.address("Reported validator", reportee);
        self.consequence(
            "A validator reported by two thirds of the voting power loses half of its reward. The \
             report stays in force until it is taken back.",
        );
    }

    pub(super) fn undo_report_validator(&mut self, reportee: Address) {
        self.headline(format!("Take back the report of {}", reportee.to_short()));
        self.address("Reported validator", reportee);
        self.consequence("The report no longer counts when rewards are paid.");
    }

    pub(super) fn update_validator(&mut self, args: &UpdateValidatorMetadataArgs) {
        let UpdateValidatorMetadataArgs {
            next_epoch_network_address,
            next_epoch_p2p_address,
            next_epoch_primary_address,
            next_epoch_proxy_address,
            next_epoch_protocol_pubkey,
            next_epoch_worker_pubkey,
            next_epoch_network_pubkey,
            next_epoch_proof_of_possession,
        } = args;
        self.headline("Change the validator's keys or addresses from the next epoch on");
        let unchanged = || "unchanged".to_owned();
        for (label, value) in [
            ("Network address", next_epoch_network_address),
            ("Peer-to-peer address", next_epoch_p2p_address),
            ("Primary address", next_epoch_primary_address),
            ("Proxy address", next_epoch_proxy_address),
        ] {
            self.text(label, value.as_deref().map_or_else(unchanged, multiaddr));
        }
        for (label, value) in [
            ("Protocol key", next_epoch_protocol_pubkey),
            ("Worker key", next_epoch_worker_pubkey),
            ("Network key", next_epoch_network_pubkey),
            ("Proof for the protocol key", next_epoch_proof_of_possession),
        ] {
            self.text(label, value.as_ref().map_or_else(unchanged, hex::encode));
        }
        self.consequence(
            "It is in force when the next epoch begins, unless another validator has taken the \
             same by then. A new proxy address is accepted and not put in force.",
        );
    }

    pub(super) fn set_validator_commission(&mut self, new_rate: u64) {
        self.headline(format!("Set the validator's commission to {}", percent(new_rate)));
        self.rate("New commission", new_rate);
        self.consequence("It is in force after the rewards of this epoch are paid.");
    }
}
