//! What a transaction says, in plain words.

use crate::address::{Address, ObjectId};
use crate::amount::Shannons;
use crate::manifest::Manifest;
use crate::object::ObjectRef;
use crate::tensor::SomaTensor;
use crate::tx::kind::{
    AddValidatorArgs, ChangeEpoch, CommitModelArgs, ConsensusCommitPrologueV1, RevealModelArgs,
    SubmitDataArgs, UpdateValidatorMetadataArgs,
};
use crate::tx::{TransactionData, TransactionKind};
use serde::{Deserialize, Serialize};
use std::fmt::Display;

/// A transaction in words: one sentence, then its particulars.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// What it does, as a sentence without a full stop.
    pub headline: String,
    /// Every amount, party and consequence.
    pub points: Vec<Point>,
}

/// One particular of a transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// What it is.
    pub label: String,
    /// Its value.
    pub value: PointValue,
}

/// A value that a page knows how to show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PointValue {
    /// Money.
    Amount(Shannons),
    /// A person.
    Address(Address),
    /// An object, model or target.
    Object(ObjectId),
    /// Basis points.
    Rate(u64),
    /// An epoch.
    Epoch(u64),
    /// A size in bytes.
    Bytes(u64),
    /// A digest, commitment or checksum in Base58.
    Digest(String),
    /// A web address.
    Url(String),
    /// Words.
    Text(String),
}

impl Description {
    /// A transaction in words, whatever its kind.
    #[must_use]
    pub fn of(transaction: &TransactionData) -> Self {
        let gas = transaction.gas_payment();
        let mut told = Told { headline: String::new(), points: Vec::new(), gas };
        told.kind(transaction.kind());
        if let Some(primary) = gas.first() {
            told.point("Coin that pays the fee", PointValue::Object(primary.id));
        }
        if gas.len() > 1 {
            told.text("Joined first", format!("{} coins become one", gas.len()));
        }
        Self { headline: told.headline, points: told.points }
    }
}

/// A description in the making.
struct Told<'a> {
    headline: String,
    points: Vec<Point>,
    gas: &'a [ObjectRef],
}

impl Told<'_> {
    #[expect(clippy::too_many_lines, reason = "one arm a kind; what is longer stands below")]
    fn kind(&mut self, kind: &TransactionKind) {
        match kind {
            TransactionKind::Genesis(genesis) => {
                self.headline("Create the first objects of a network");
                self.text("Objects", genesis.objects.len().to_string());
            }
            TransactionKind::ConsensusCommitPrologueV1(prologue) => self.prologue(prologue),
            TransactionKind::ChangeEpoch(change) => self.change_epoch(change),
            TransactionKind::AddValidator(args) => self.add_validator(args),
            TransactionKind::RemoveValidator(args) => {
                self.headline("Leave the validators at the end of this epoch");
                self.hex("Protocol key", &args.pubkey_bytes);
                self.consequence(
                    "The validator stops validating and earning when the epoch ends. Stakes stay \
                     and can be withdrawn.",
                );
            }
            TransactionKind::ReportValidator { reportee } => {
                self.headline(format!("Report validator {}", reportee.to_short()));
                self.address("Reported validator", *reportee);
                self.consequence(
                    "A validator reported by two thirds of the voting power loses half of its \
                     reward. The report stays in force until it is taken back.",
                );
            }
            TransactionKind::UndoReportValidator { reportee } => {
                self.headline(format!("Take back the report of {}", reportee.to_short()));
                self.address("Reported validator", *reportee);
            }
            TransactionKind::UpdateValidatorMetadata(args) => self.update_validator(args),
            TransactionKind::SetCommissionRate { new_rate } => {
                self.headline(format!("Set the validator's commission to {}", percent(*new_rate)));
                self.point("New commission", PointValue::Rate(*new_rate));
                self.consequence("It is in force after the rewards of this epoch are paid.");
            }
            TransactionKind::TransferCoin { coin, amount, recipient } => {
                self.transfer_coin(coin, *amount, *recipient);
            }
            TransactionKind::PayCoins { coins, amounts, recipients } => {
                self.pay_coins(coins, amounts.as_deref(), recipients);
            }
            TransactionKind::TransferObjects { objects, recipient } => {
                self.transfer_objects(objects, *recipient);
            }
            TransactionKind::AddStake { address, coin_ref, amount } => {
                let name = format!("validator {}", address.to_short());
                self.add_stake(&name, PointValue::Address(*address), coin_ref, *amount);
            }
            TransactionKind::WithdrawStake { staked_soma } => {
                self.headline("Withdraw a stake with its rewards");
                self.object("Stake", staked_soma.id);
                self.consequence(
                    "The stake ends, and stake with rewards comes back as a new coin.",
                );
            }
            TransactionKind::CreateModel {
                stake_amount,
                commission_rate,
                architecture_version,
            } => {
                self.create_model(*stake_amount, *commission_rate, *architecture_version);
            }
            TransactionKind::CommitModel(args) => self.commit_model(args),
            TransactionKind::RevealModel(args) => self.reveal_model(args),
            TransactionKind::AddStakeToModel { model_id, coin_ref, amount } => {
                let name = format!("model {}", model_id.to_short());
                self.add_stake(&name, PointValue::Object(*model_id), coin_ref, *amount);
            }
            TransactionKind::SetModelCommissionRate { model_id, new_rate } => {
                self.headline(format!("Set a model's commission to {}", percent(*new_rate)));
                self.object("Model", *model_id);
                self.point("New commission", PointValue::Rate(*new_rate));
                self.consequence("It is in force from the next epoch on.");
            }
            TransactionKind::DeactivateModel { model_id } => {
                self.headline(format!("Take model {} out of service", model_id.to_short()));
                self.object("Model", *model_id);
                self.consequence(
                    "This is final: the model can never be active again. Its stake can be \
                     withdrawn.",
                );
            }
            TransactionKind::ReportModel { model_id } => {
                self.headline(format!("Report model {}", model_id.to_short()));
                self.object("Reported model", *model_id);
                self.consequence(
                    "A model reported by two thirds of the voting power at the end of the epoch \
                     loses 95 % of its stake and leaves service for good.",
                );
            }
            TransactionKind::UndoReportModel { model_id } => {
                self.headline(format!("Take back the report of model {}", model_id.to_short()));
                self.object("Reported model", *model_id);
            }
            TransactionKind::SubmitData(args) => self.submit_data(args),
            TransactionKind::ClaimRewards { target_id } => {
                self.headline(format!("Settle target {}", target_id.to_short()));
                self.object("Target", *target_id);
                self.consequence(
                    "Rewards and bond are paid out and the target is deleted. Whoever settles it \
                     earns a small share.",
                );
            }
            TransactionKind::ReportSubmission { target_id } => {
                self.headline("Report the data submitted to a target");
                self.object("Target", *target_id);
                self.consequence(
                    "Where two thirds of the voting power report it, the bond is lost to the \
                     reporters.",
                );
            }
            TransactionKind::UndoReportSubmission { target_id } => {
                self.headline("Take back the report of the data submitted to a target");
                self.object("Target", *target_id);
            }
        }
    }

    fn headline(&mut self, headline: impl Into<String>) {
        self.headline = headline.into();
    }

    fn point(&mut self, label: &str, value: PointValue) {
        self.points.push(Point { label: label.into(), value });
    }

    fn text(&mut self, label: &str, text: impl Into<String>) {
        self.point(label, PointValue::Text(text.into()));
    }

    fn consequence(&mut self, text: impl Into<String>) {
        self.text("Consequence", text);
    }

    fn address(&mut self, label: &str, address: Address) {
        self.point(label, PointValue::Address(address));
    }

    fn object(&mut self, label: &str, id: ObjectId) {
        self.point(label, PointValue::Object(id));
    }

    fn digest(&mut self, label: &str, digest: impl Display) {
        self.point(label, PointValue::Digest(digest.to_string()));
    }

    fn amount(&mut self, label: &str, shannons: u64) {
        self.point(label, PointValue::Amount(Shannons(shannons)));
    }

    fn hex(&mut self, label: &str, bytes: &[u8]) {
        self.text(label, hex::encode(bytes));
    }

    fn file(&mut self, manifest: &Manifest) {
        self.point("Address of the file", PointValue::Url(manifest.url().to_string()));
        self.point("Size of the file", PointValue::Bytes(manifest.size()));
        self.digest("Checksum of the file", manifest.checksum());
    }

    fn embedding(&mut self, label: &str, embedding: &SomaTensor) {
        self.text(label, format!("{} values", embedding.values().len()));
    }

    fn pays_fee(&self, coin: &ObjectRef) -> bool {
        self.gas.first().is_some_and(|gas| gas.id == coin.id)
    }

    fn prologue(&mut self, prologue: &ConsensusCommitPrologueV1) {
        self.headline("Begin a consensus commit");
        self.point("Epoch", PointValue::Epoch(prologue.epoch));
        self.text("Round", prologue.round.to_string());
        let part = prologue.sub_dag_index;
        self.text("Part", part.map_or_else(|| "the whole".into(), |part| part.to_string()));
        self.text("Time", format!("{} ms since 1970", prologue.commit_timestamp_ms));
        self.digest("Commit", prologue.consensus_commit_digest);
        self.digest("Further state", prologue.additional_state_digest);
    }

    fn change_epoch(&mut self, change: &ChangeEpoch) {
        self.headline(format!("Begin epoch {}", change.epoch));
        self.point("Epoch", PointValue::Epoch(change.epoch));
        self.text("Begins", format!("{} ms since 1970", change.epoch_start_timestamp_ms));
        self.text("Protocol version", change.protocol_version.to_string());
        self.amount("Fees of the epoch that ends", change.fees);
        self.hex("Randomness", &change.epoch_randomness);
    }

    fn add_validator(&mut self, args: &AddValidatorArgs) {
        self.headline("Ask to become a validator");
        self.hex("Protocol key", &args.pubkey_bytes);
        self.hex("Network key", &args.network_pubkey_bytes);
        self.hex("Worker key", &args.worker_pubkey_bytes);
        self.hex("Proof for the protocol key", &args.proof_of_possession);
        self.text("Network address", multiaddr(&args.net_address));
        self.text("Peer-to-peer address", multiaddr(&args.p2p_address));
        self.text("Primary address", multiaddr(&args.primary_address));
        self.text("Proxy address", multiaddr(&args.proxy_address));
        self.consequence("It joins at the end of an epoch once enough is staked with it.");
    }

    fn update_validator(&mut self, args: &UpdateValidatorMetadataArgs) {
        self.headline("Change the validator's keys or addresses from the next epoch on");
        let unchanged = || "unchanged".to_owned();
        for (label, value) in [
            ("Network address", &args.next_epoch_network_address),
            ("Peer-to-peer address", &args.next_epoch_p2p_address),
            ("Primary address", &args.next_epoch_primary_address),
            ("Proxy address", &args.next_epoch_proxy_address),
        ] {
            self.text(label, value.as_deref().map_or_else(unchanged, multiaddr));
        }
        for (label, value) in [
            ("Protocol key", &args.next_epoch_protocol_pubkey),
            ("Worker key", &args.next_epoch_worker_pubkey),
            ("Network key", &args.next_epoch_network_pubkey),
            ("Proof for the protocol key", &args.next_epoch_proof_of_possession),
        ] {
            self.text(label, value.as_ref().map_or_else(unchanged, hex::encode));
        }
    }

    fn transfer_coin(&mut self, coin: &ObjectRef, amount: Option<u64>, recipient: Address) {
        let to = recipient.to_short();
        match amount {
            Some(amount) => {
                self.headline(format!("Send {} SOMA to {to}", Shannons(amount)));
                self.amount("Amount", amount);
            }
            None if self.pays_fee(coin) => {
                self.headline(format!("Send everything to {to}"));
                let coins = match self.gas.len() {
                    1 => "The whole coin".to_owned(),
                    coins => format!("All of {coins} coins"),
                };
                self.text("Amount", format!("{coins}, less the fee"));
            }
            None => {
                self.headline(format!("Send a whole coin to {to}"));
                self.text("Amount", "The whole coin; another coin pays the fee");
            }
        }
        self.address("Recipient", recipient);
        self.object("Coin", coin.id);
        self.consequence("A payment cannot be called back.");
    }

    fn pay_coins(&mut self, coins: &[ObjectRef], amounts: Option<&[u64]>, recipients: &[Address]) {
        let people = match recipients {
            [one] => one.to_short(),
            several => format!("{} people", several.len()),
        };
        match amounts {
            Some(amounts) => {
                let sum: u128 = amounts.iter().map(|amount| u128::from(*amount)).sum();
                let sum =
                    u64::try_from(sum).map_or("too many".into(), |sum| Shannons(sum).to_string());
                self.headline(format!("Pay {sum} SOMA to {people}"));
                for (number, amount) in amounts.iter().enumerate() {
                    self.amount(&format!("Amount {}", number + 1), *amount);
                }
            }
            None => {
                self.headline(format!("Send everything in {} coins to {people}", coins.len()));
                self.text(
                    "Amount",
                    "Everything in the coins, less the fee where one of them pays it",
                );
            }
        }
        for (number, recipient) in recipients.iter().enumerate() {
            self.address(&format!("Recipient {}", number + 1), *recipient);
        }
        for coin in coins {
            self.object("Coin", coin.id);
        }
        self.consequence(
            "A payment cannot be called back. What the coins hold beyond it becomes one coin.",
        );
    }

    fn transfer_objects(&mut self, objects: &[ObjectRef], recipient: Address) {
        let to = recipient.to_short();
        self.headline(match objects.len() {
            1 => format!("Give an object to {to}"),
            several => format!("Give {several} objects to {to}"),
        });
        self.address("Recipient", recipient);
        for object in objects {
            let whole = if self.pays_fee(object) { "Object, less the fee" } else { "Object" };
            self.object(whole, object.id);
        }
        self.consequence(
            "Each object goes over with all that is in it: coins with their whole balance, stakes \
             with their rewards. It cannot be called back.",
        );
    }

    fn add_stake(&mut self, name: &str, party: PointValue, coin: &ObjectRef, amount: Option<u64>) {
        match amount {
            Some(amount) => {
                self.headline(format!("Stake {} SOMA with {name}", Shannons(amount)));
                self.amount("Stake", amount);
            }
            None => {
                self.headline(format!("Stake a whole coin with {name}"));
                let whole = if self.pays_fee(coin) {
                    "The whole coin, less the fee"
                } else {
                    "The whole coin"
                };
                self.text("Stake", whole);
            }
        }
        self.point("With", party);
        self.object("Coin", coin.id);
        self.consequence(
            "The stake counts from the next epoch on. It can be withdrawn, and a model's stake \
             can be lost in part where the model breaks a rule.",
        );
    }

    fn create_model(&mut self, stake: u64, commission: u64, architecture: u64) {
        self.headline(format!("Create a model with a stake of {} SOMA", Shannons(stake)));
        self.amount("Stake", stake);
        self.point("Commission", PointValue::Rate(commission));
        self.text("Architecture", format!("version {architecture}"));
        self.text("Deadline", "Commit weights before the next epoch ends");
        self.consequence(
            "The stake leaves the account and is bound to the model. Without a commit before the \
             next epoch ends, half of it is lost.",
        );
    }

    fn commit_model(&mut self, args: &CommitModelArgs) {
        self.headline(format!("Commit weights for model {}", args.model_id.to_short()));
        self.object("Model", args.model_id);
        self.file(&args.manifest);
        self.digest("Commitment to the weights", args.weights_commitment);
        self.digest("Commitment to the embedding", args.embedding_commitment);
        self.digest("Commitment to the key", args.decryption_key_commitment);
        self.text("Deadline", "Reveal in the epoch right after this one, neither before nor later");
        self.consequence(
            "A new model whose reveal is missed loses half of its stake and can never be active. \
             An update of an active model lapses instead, and nothing is lost.",
        );
    }

    fn reveal_model(&mut self, args: &RevealModelArgs) {
        self.headline(format!("Reveal the weights of model {}", args.model_id.to_short()));
        self.object("Model", args.model_id);
        // The key itself is not shown: until the transaction is sent it is a secret.
        self.text("Key", "The decryption key of the weights");
        self.embedding("Embedding", &args.embedding);
        self.consequence(
            "Key and embedding become public for good: from now on everybody can decrypt and use \
             the weights.",
        );
    }

    fn submit_data(&mut self, args: &SubmitDataArgs) {
        self.headline(format!("Submit data to target {}", args.target_id.to_short()));
        self.object("Target", args.target_id);
        self.file(&args.data_manifest.manifest);
        self.object("Model", args.model_id);
        self.embedding("Embedding of the data", &args.embedding);
        self.text("Distance to the target", args.distance_score.to_string());
        self.text("Losses", args.loss_score.to_string());
        self.object("Coin for the bond", args.bond_coin.id);
        self.consequence(
            "A bond is taken for the data and comes back when the target is settled. It is lost \
             where validators find the data dishonest.",
        );
    }
}

/// Basis points as an exact percentage.
fn percent(bps: u64) -> String {
    let (whole, hundredths) = (bps / 100, bps % 100);
    match (hundredths / 10, hundredths % 10) {
        (0, 0) => format!("{whole} %"),
        (tenths, 0) => format!("{whole}.{tenths} %"),
        _ => format!("{whole}.{hundredths:02} %"),
    }
}

/// The text of a multiaddr in BCS, or the bytes where they are none.
fn multiaddr(bytes: impl AsRef<[u8]>) -> String {
    bcs::from_bytes::<String>(bytes.as_ref()).unwrap_or_else(|_| hex::encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::{Description, PointValue, percent};
    use crate::address::{Address, ObjectId};
    use crate::amount::Shannons;
    use crate::digest::{
        Checksum, DecryptionKeyCommitment, EmbeddingCommitment, ObjectDigest, OpaqueDigest,
        WeightsCommitment,
    };
    use crate::manifest::{Manifest, SubmissionManifest};
    use crate::object::ObjectRef;
    use crate::tensor::SomaTensor;
    use crate::tx::kind::{
        AddValidatorArgs, ChangeEpoch, CommitModelArgs, ConsensusCommitPrologueV1,
        GenesisTransaction, RemoveValidatorArgs, RevealModelArgs, SubmitDataArgs,
        UpdateValidatorMetadataArgs,
    };
    use crate::tx::{TransactionData, TransactionKind};
    use crate::weights::DecryptionKey;
    use serde_json::Value;
    use std::collections::BTreeSet;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const YOU: Address = Address([2; 32]);
    const MODEL: ObjectId = ObjectId([3; 32]);
    const TARGET: ObjectId = ObjectId([4; 32]);

    fn coin(n: u8) -> ObjectRef {
        ObjectRef { id: ObjectId([n; 32]), version: 3, digest: ObjectDigest([n; 32]) }
    }

    fn manifest() -> Manifest {
        Manifest::new("https://example.org/weights".parse().unwrap(), Checksum([5; 32]), 12_345)
    }

    fn multiaddr(n: u8) -> Vec<u8> {
        bcs::to_bytes(&format!("/ip4/10.0.0.{n}/tcp/8080/http")).unwrap()
    }

    fn system_kinds() -> Vec<TransactionKind> {
        vec![
            TransactionKind::Genesis(GenesisTransaction { objects: Vec::new() }),
            TransactionKind::ConsensusCommitPrologueV1(ConsensusCommitPrologueV1 {
                epoch: 1,
                round: 2,
                sub_dag_index: Some(3),
                commit_timestamp_ms: 4,
                consensus_commit_digest: OpaqueDigest([5; 32]),
                additional_state_digest: OpaqueDigest([6; 32]),
            }),
            TransactionKind::ChangeEpoch(ChangeEpoch {
                epoch: 1,
                epoch_start_timestamp_ms: 2,
                protocol_version: 3,
                fees: 4,
                epoch_randomness: vec![5],
            }),
        ]
    }

    fn validator_kinds() -> Vec<TransactionKind> {
        vec![
            TransactionKind::AddValidator(AddValidatorArgs {
                pubkey_bytes: vec![1],
                network_pubkey_bytes: vec![2],
                worker_pubkey_bytes: vec![3],
                proof_of_possession: vec![4],
                net_address: multiaddr(1),
                p2p_address: multiaddr(2),
                primary_address: multiaddr(3),
                proxy_address: vec![0xff],
            }),
            TransactionKind::RemoveValidator(RemoveValidatorArgs { pubkey_bytes: vec![1] }),
            TransactionKind::ReportValidator { reportee: YOU },
            TransactionKind::UndoReportValidator { reportee: YOU },
            TransactionKind::UpdateValidatorMetadata(UpdateValidatorMetadataArgs {
                next_epoch_p2p_address: Some(multiaddr(4)),
                ..UpdateValidatorMetadataArgs::default()
            }),
            TransactionKind::SetCommissionRate { new_rate: 250 },
            TransactionKind::AddStake { address: YOU, coin_ref: coin(1), amount: Some(7) },
            TransactionKind::WithdrawStake { staked_soma: coin(1) },
        ]
    }

    fn coin_kinds() -> Vec<TransactionKind> {
        vec![
            TransactionKind::TransferCoin { coin: coin(1), amount: Some(7), recipient: YOU },
            TransactionKind::TransferCoin { coin: coin(1), amount: None, recipient: YOU },
            TransactionKind::PayCoins {
                coins: vec![coin(1), coin(2)],
                amounts: Some(vec![7, 8]),
                recipients: vec![YOU, Address([9; 32])],
            },
            TransactionKind::PayCoins {
                coins: vec![coin(1)],
                amounts: None,
                recipients: vec![YOU],
            },
            TransactionKind::TransferObjects { objects: vec![coin(1), coin(2)], recipient: YOU },
        ]
    }

    fn model_kinds() -> Vec<TransactionKind> {
        let (model_id, target_id) = (MODEL, TARGET);
        let embedding = SomaTensor::vector(vec![1.0, 2.0]);
        vec![
            TransactionKind::CreateModel {
                stake_amount: 1_500_000_000,
                commission_rate: 5,
                architecture_version: 1,
            },
            TransactionKind::CommitModel(CommitModelArgs {
                model_id,
                manifest: manifest(),
                weights_commitment: WeightsCommitment([6; 32]),
                embedding_commitment: EmbeddingCommitment([7; 32]),
                decryption_key_commitment: DecryptionKeyCommitment([8; 32]),
            }),
            TransactionKind::RevealModel(RevealModelArgs {
                model_id,
                decryption_key: DecryptionKey([9; 32]),
                embedding: embedding.clone(),
            }),
            TransactionKind::AddStakeToModel { model_id, coin_ref: coin(1), amount: None },
            TransactionKind::SetModelCommissionRate { model_id, new_rate: 1_025 },
            TransactionKind::DeactivateModel { model_id },
            TransactionKind::ReportModel { model_id },
            TransactionKind::UndoReportModel { model_id },
            TransactionKind::SubmitData(SubmitDataArgs {
                target_id,
                data_manifest: SubmissionManifest { manifest: manifest() },
                model_id,
                embedding,
                distance_score: SomaTensor::scalar(0.5),
                loss_score: SomaTensor::vector(vec![0.25, 0.75]),
                bond_coin: coin(1),
            }),
            TransactionKind::ClaimRewards { target_id },
            TransactionKind::ReportSubmission { target_id },
            TransactionKind::UndoReportSubmission { target_id },
        ]
    }

    fn kinds() -> Vec<TransactionKind> {
        [system_kinds(), validator_kinds(), coin_kinds(), model_kinds()].concat()
    }

    fn of(kind: TransactionKind, gas: &[u8]) -> Description {
        let gas = gas.iter().map(|n| coin(*n)).collect();
        Description::of(&TransactionData::new(kind, Address([1; 32]), gas))
    }

    /// The fields of a kind, as its serialized form names them.
    fn fields(kind: &TransactionKind) -> Value {
        let value = serde_json::to_value(kind).unwrap();
        value.as_object().unwrap().values().next().unwrap().clone()
    }

    /// Ids, digests, URLs: whatever is text in the serialized form and no secret.
    fn texts(value: &Value, into: &mut Vec<String>) {
        match value {
            Value::String(text) => into.push(text.clone()),
            Value::Array(values) => values.iter().for_each(|value| texts(value, into)),
            Value::Object(fields) => {
                let is_reference = fields.contains_key("version");
                for (name, value) in fields {
                    if name != "decryption_key" && !(is_reference && name == "digest") {
                        texts(value, into);
                    }
                }
            }
            _ => {}
        }
    }

    #[test]
    fn every_kind_has_words_for_each_of_its_fields() {
        let mut named = BTreeSet::new();
        for kind in kinds() {
            named.insert(kind.name());
            let fields = fields(&kind);
            let told = of(kind.clone(), &[]);
            assert!(!told.headline.is_empty(), "{}", kind.name());
            let count = fields.as_object().unwrap().len();
            assert!(told.points.len() >= count, "{}: {told:?}", kind.name());
            let shown = serde_json::to_string(&told).unwrap();
            let mut parts = Vec::new();
            texts(&fields, &mut parts);
            for part in parts {
                assert!(shown.contains(&part), "{} does not tell {part}", kind.name());
            }
        }
        assert_eq!(named.len(), 26);
    }

    #[test]
    fn the_steps_that_cannot_be_undone_say_so() {
        for (kind, word) in [
            (1, "half of it is lost"),
            (2, "loses half of its stake"),
            (3, "public for good"),
            (6, "This is final"),
        ] {
            let told = of(model_kinds().swap_remove(kind - 1), &[1]);
            let consequence = told.points.iter().find(|point| point.label == "Consequence");
            let PointValue::Text(text) = &consequence.unwrap().value else { panic!("no text") };
            assert!(text.contains(word), "{text}");
        }
    }

    #[test]
    fn the_key_of_a_reveal_is_not_shown() {
        let told = serde_json::to_string(&of(model_kinds().swap_remove(2), &[1])).unwrap();
        let key = DecryptionKey([9; 32]);
        assert!(!told.contains(key.expose_base58().as_str()));
        assert!(!told.contains(&hex::encode(key.0)));
    }

    #[test]
    fn a_payment_is_one_sentence_with_its_amount() {
        let amount = Some(1_250_000_000);
        let kind = TransactionKind::TransferCoin { coin: coin(1), amount, recipient: YOU };
        let told = of(kind, &[1, 2]);
        assert_eq!(told.headline, "Send 1.25 SOMA to 0x020202…020202");
        assert!(told.points.iter().any(|p| p.value == PointValue::Amount(Shannons(1_250_000_000))));
        assert!(told.points.iter().any(|p| p.value == PointValue::Address(YOU)));
        assert!(
            told.points.iter().any(|p| p.value == PointValue::Text("2 coins become one".into()))
        );
    }

    #[test]
    fn a_whole_coin_says_who_pays_the_fee() {
        let kind = TransactionKind::TransferCoin { coin: coin(1), amount: None, recipient: YOU };
        let text = |told: &Description| serde_json::to_string(told).unwrap();
        assert!(text(&of(kind.clone(), &[1])).contains("less the fee"));
        assert!(text(&of(kind, &[2])).contains("another coin pays the fee"));
    }

    #[test]
    fn rates_are_exact_percentages() {
        for (bps, text) in
            [(0, "0 %"), (5, "0.05 %"), (1_000, "10 %"), (1_025, "10.25 %"), (30, "0.3 %")]
        {
            assert_eq!(percent(bps), text);
        }
    }
}
