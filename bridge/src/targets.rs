//! Targets, as a page sees them: the board, one of them, submissions of data, and claims.
//!
//! A number of the network that is not finite is told as none.

use crate::protocol::Failure;
use crate::publish::Work;
use serde::{Deserialize, Serialize};
use wasm_core::address::{Address, ModelId, TargetId};
use wasm_core::amount::Shannons;
use wasm_core::digest::{CheckpointDigest, Checksum, TransactionDigest};
use wasm_core::preview::{Explanation, Payment, Reports};
use wasm_core::target::TargetStage;
use wasm_core::targets::{Prospect, Query};

/// What a page may ask about targets. Beside each stands the [`TargetReply`] that answers it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum TargetRequest {
    /// A window of the board. The first one has all targets fetched, page by page. → `Board`
    Board {
        /// Which targets, in which order.
        query: Query,
        /// Place of the first of them.
        from: usize,
        /// How many, 500 at most.
        count: usize,
    },
    /// Fetch all targets again, as after a failure. → `Done`
    ReloadBoard,
    /// One target. → `One`
    One(TargetId),
    /// The data that filled a target, checked. → `Data`, with the file beside it
    Data(TargetId),

    /// Begin to submit the attached data. → `Submission`
    StartSubmission(Box<SubmissionOptions>),
    /// All submissions that were begun here. → `Submissions`
    Submissions,
    /// Go on with one after a failure, with an upload link where one is needed. → `Submission`
    ContinueSubmission {
        /// Which.
        id: SubmissionId,
        /// A presigned PUT link. Not stored.
        upload_link: Option<String>,
    },
    /// Stop uploading or verifying; it waits. → `Submission`
    PauseSubmission(SubmissionId),
    /// Look at the target again and prepare the transaction. → the protocol's `Review`
    PrepareSubmission(SubmissionId),
    /// Forget a submission and its local data. → `Submissions`
    RemoveSubmission(SubmissionId),

    /// What became of this account's data. → `Tray`
    Tray,
    /// Targets of others that pay whoever settles them. → `Sweep`
    Sweep,
    /// Prepare to settle one target. → the protocol's `Review`
    PrepareClaim(TargetId),
    /// Foretell what settling these brings, each exactly. → `Plan`
    PlanClaims(Vec<TargetId>),
    /// Settle them one after the other, each only as it was foretold. → `Claims`, with
    /// [`TargetEvent::Claimed`] on the way
    ConfirmClaims(PlanId),
    /// Settle no more of them after the one under way. → `Done`
    StopClaims(PlanId),
}

/// The good answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is named by the request it answers")]
pub enum TargetReply {
    Done,
    Board(BoardView),
    One(Box<TargetView>),
    Data { file_name: String },
    Submission(Box<SubmissionView>),
    Submissions(Vec<SubmissionView>),
    Tray(Tray),
    Sweep(Sweep),
    Plan(Plan),
    Claims(Vec<ClaimResult>),
}

/// What the worker says of targets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum TargetEvent {
    /// Targets came, were filled or went: the board is to be asked for again. At most four times a
    /// second.
    BoardMoved,
    /// A target was filled or settled.
    Moved(TargetId),
    /// A submission moved on. At most ten times a second.
    Submission(Box<SubmissionView>),
    /// A submission is gone.
    SubmissionRemoved(SubmissionId),
    /// Something of this account was settled, or can be.
    TrayMoved,
    /// A target of a plan was settled, or not.
    Claimed(PlanId, ClaimResult),
}

/// A window of the board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BoardView {
    /// The present epoch.
    pub epoch: u64,
    /// How many targets the query shows.
    pub total: usize,
    /// Place of the first row.
    pub from: usize,
    /// The rows.
    pub rows: Vec<BoardRow>,
    /// What there is in all.
    pub overview: Overview,
    /// Whether these are all targets of the node.
    pub loading: Loading,
}

/// Whether all targets have come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Loading {
    /// More are on their way.
    Coming,
    /// All are there.
    Whole,
    /// The rest could not be fetched.
    Failed(Failure),
}

/// What there is on the board in all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// How many targets are known.
    pub known: usize,
    /// How many stand in each stage.
    pub stages: Vec<(TargetStage, usize)>,
    /// Models that were drawn, most often drawn first, and for how many targets.
    pub models: Vec<(ModelId, usize)>,
    /// Epochs in which targets were made, newest first.
    pub epochs: Vec<u64>,
    /// What a submission needs; nothing before that is known.
    pub terms: Option<Terms>,
}

/// What a submission needs, by the parameters in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Bond for each byte of data.
    pub bond_per_byte: Shannons,
    /// Bytes of data at most.
    pub largest_data: u64,
}

impl Terms {
    /// The bond for so many bytes; none where they are too many.
    #[must_use]
    pub const fn bond(&self, size: u64) -> Option<Shannons> {
        if size > self.largest_data {
            return None;
        }
        match self.bond_per_byte.0.checked_mul(size) {
            Some(bond) => Some(Shannons(bond)),
            None => None,
        }
    }
}

/// A target on the board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BoardRow {
    /// Its id.
    pub id: TargetId,
    /// Where it stands.
    pub stage: TargetStage,
    /// The only epoch in which it can be filled.
    pub generation_epoch: u64,
    /// From which epoch on it may be settled.
    pub claimable_from: Option<u64>,
    /// What it pays.
    pub reward: Shannons,
    /// How near data must come.
    pub threshold: Option<f32>,
    /// Models that data is scored with.
    pub models: Vec<ModelId>,
    /// Who submitted the data.
    pub submitter: Option<Address>,
}

/// One target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TargetView {
    /// Its id.
    pub id: TargetId,
    /// Where it stands.
    pub stage: TargetStage,
    /// The present epoch.
    pub epoch: u64,
    /// The only epoch in which it can be filled.
    pub generation_epoch: u64,
    /// From which epoch on it may be settled.
    pub claimable_from: Option<u64>,
    /// What it pays.
    pub reward: Shannons,
    /// How near data must come.
    pub threshold: Option<f32>,
    /// Where it is.
    pub embedding: Vec<Option<f32>>,
    /// Models that data is scored with.
    pub models: Vec<DrawnModel>,
    /// The data, once there is some.
    pub data: Option<SubmittedData>,
    /// Reports of the data as they count now.
    pub reports: Reports,
    /// Voting power at which they take the bond, of 10,000.
    pub quorum: u64,
    /// Voting power with which this account may report, of 10,000; none where it is no active validator.
    pub own_power: Option<u64>,
    /// What settling it brings, if this account does.
    pub prospect: Prospect,
    /// What a submission needs.
    pub terms: Terms,
}

/// A model that was drawn for a target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawnModel {
    /// Its id.
    pub id: ModelId,
    /// Whose it is; none where the network does not know the model any more.
    pub owner: Option<Address>,
    /// What is staked with it.
    pub stake: Shannons,
    /// Whether it is in service. Without, nothing can be submitted with it.
    pub active: bool,
}

/// Data that filled a target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SubmittedData {
    /// When.
    pub epoch: Option<u64>,
    /// By whom.
    pub submitter: Option<Address>,
    /// With which model.
    pub model: Option<ModelId>,
    /// Whose model that was.
    pub model_owner: Option<Address>,
    /// What is at stake for its honesty.
    pub bond: Shannons,
    /// Where it lies, its bytes and its checksum.
    pub file: Option<DataFile>,
    /// Its embedding.
    pub embedding: Vec<Option<f32>>,
    /// Its distance from the target.
    pub distance: Option<f32>,
    /// Losses of the models.
    pub losses: Vec<Option<f32>>,
}

/// Where data lies, and what it must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataFile {
    /// Where its submitter put it.
    pub url: String,
    /// Where the node fetches it for others.
    pub at_node: Option<String>,
    /// Its bytes.
    pub size: u64,
    /// Blake2b-256 of them.
    pub checksum: Checksum,
}

/// Names a submission that was begun in this browser.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SubmissionId(pub String);

/// What shall be submitted. The data is the file beside it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SubmissionOptions {
    /// For which target.
    pub target: TargetId,
    /// The model that scored best.
    pub model: ModelId,
    /// The data's embedding by that model.
    pub embedding: Vec<f32>,
    /// Its distance from the target.
    pub distance: f32,
    /// Its loss, or the losses of all models.
    pub losses: Vec<f32>,
    /// Checksum of the data that was scored. Other data is refused.
    pub scored: Option<Checksum>,
    /// Where the data goes.
    pub destination: DataDestination,
    /// A presigned PUT link, for [`DataDestination::PresignedPut`]. Not stored.
    pub upload_link: Option<String>,
}

/// Where submitted data goes. The network fetches it from there until the audit is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DataDestination {
    /// To a blob store that takes pieces.
    BlobStore {
        /// Its base URL.
        base_url: String,
    },
    /// To a link that takes one PUT.
    PresignedPut {
        /// Where everybody fetches it afterwards.
        public_url: String,
    },
    /// It lies there already.
    Hosted {
        /// Where.
        url: String,
    },
}

/// A submission that was begun in this browser.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SubmissionView {
    /// Its name.
    pub id: SubmissionId,
    /// For which target.
    pub target: TargetId,
    /// Whose.
    pub account: Address,
    /// On which chain.
    pub chain_id: CheckpointDigest,
    /// Name of the data's file.
    pub data_name: String,
    /// Its bytes.
    pub size: u64,
    /// Blake2b-256 of them.
    pub checksum: Checksum,
    /// Where it lies, or will.
    pub url: String,
    /// With which model.
    pub model: ModelId,
    /// Distance of the data from the target.
    pub distance: Option<f32>,
    /// How far it has come.
    pub stage: SubmissionStage,
    /// Work under way.
    pub work: Option<Work>,
    /// Why it stands still.
    pub problem: Option<Failure>,
    /// When it was begun; milliseconds since 1970.
    pub started_ms: u64,
}

/// How far a submission has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SubmissionStage {
    /// A link to upload to is needed.
    NeedsUploadLink,
    /// The data is on its way to where it will lie.
    Uploading,
    /// What lies there is being compared.
    Verifying,
    /// All is ready to be signed.
    Ready,
    /// It was sent, and what became of it is not known yet.
    Settling,
    /// It was executed: the target is filled.
    Submitted {
        /// By which transaction.
        transaction: TransactionDigest,
        /// When.
        epoch: u64,
    },
    /// It was executed and failed: only the base fee was paid.
    Failed {
        /// Which transaction.
        transaction: TransactionDigest,
        /// Why.
        why: Explanation,
    },
}

/// What became of this account's data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tray {
    /// The present epoch.
    pub epoch: u64,
    /// Targets that this account filled, or that a model of it won, and that are not settled: those
    /// that can be settled first.
    pub open: Vec<TrayEntry>,
    /// Those that were settled, the newest first.
    pub settled: Vec<SettledEntry>,
}

/// A target that this account has a part in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrayEntry {
    /// Which.
    pub target: TargetId,
    /// Where it stands.
    pub stage: TargetStage,
    /// When it was filled.
    pub fill_epoch: u64,
    /// From which epoch on it may be settled.
    pub claimable_from: u64,
    /// What it pays in all.
    pub reward: Shannons,
    /// What is at stake.
    pub bond: Shannons,
    /// Whether this account submitted the data.
    pub submitted: bool,
    /// Reports as they count now.
    pub reports: Reports,
    /// What this account will be paid once it settles the target itself.
    pub payments: Vec<Payment>,
    /// What settling costs.
    pub fee: Shannons,
}

impl TrayEntry {
    /// All that this account will be paid.
    #[must_use]
    pub fn paid(&self) -> Shannons {
        let amounts = self.payments.iter().map(|payment| payment.amount.0);
        Shannons(amounts.fold(0, u64::saturating_add))
    }
}

/// A target that this account had a part in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettledEntry {
    /// Which.
    pub target: TargetId,
    /// When it was filled.
    pub fill_epoch: u64,
    /// What it paid in all.
    pub reward: Shannons,
    /// What was at stake.
    pub bond: Shannons,
    /// Whether this account submitted the data.
    pub submitted: bool,
    /// How it was settled, where that was seen.
    pub how: Option<SettledHow>,
}

/// How a target was settled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettledHow {
    /// By which transaction.
    pub transaction: TransactionDigest,
    /// When.
    pub epoch: u64,
    /// By whom.
    pub claimer: Address,
    /// What this account was paid.
    pub paid: Shannons,
    /// Whether the bond was lost to those who reported the data.
    pub forfeited: bool,
}

/// Targets of others that pay whoever settles them more than the fee.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sweep {
    /// The best of them, the most profitable first.
    pub rows: Vec<SweepRow>,
    /// How many there are in all.
    pub total: usize,
    /// Profit of all of them.
    pub profit: Shannons,
    /// How many would cost more than they pay.
    pub unprofitable: usize,
    /// Whether all targets are known.
    pub loading: Loading,
}

/// A target of others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SweepRow {
    /// Which.
    pub target: TargetId,
    /// Due or expired.
    pub stage: TargetStage,
    /// The share of whoever settles it.
    pub share: Shannons,
    /// What settling costs, as long as no report is counted.
    pub fee: Shannons,
}

/// Names a plan of claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PlanId(pub u64);

/// What settling several targets brings, each exactly. It dies when the wallet locks, or account or
/// network change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Its name.
    pub id: PlanId,
    /// What is settled, in this order.
    pub claims: Vec<PlannedClaim>,
    /// What cannot be settled, and why.
    pub left_out: Vec<(TargetId, String)>,
}

impl Plan {
    /// What all of them pay this account.
    #[must_use]
    pub fn paid(&self) -> Shannons {
        let paid = self.claims.iter().map(PlannedClaim::paid);
        Shannons(paid.fold(0, |sum, paid| sum.saturating_add(paid.0)))
    }

    /// What all of them cost.
    #[must_use]
    pub fn fee(&self) -> Shannons {
        let fees = self.claims.iter().map(|claim| claim.fee.0);
        Shannons(fees.fold(0, u64::saturating_add))
    }
}

/// A target that a plan settles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedClaim {
    /// Which.
    pub target: TargetId,
    /// Due or expired.
    pub stage: TargetStage,
    /// What this account is paid.
    pub payments: Vec<Payment>,
    /// What it costs.
    pub fee: Shannons,
}

impl PlannedClaim {
    /// What this account is paid in all.
    #[must_use]
    pub fn paid(&self) -> Shannons {
        let amounts = self.payments.iter().map(|payment| payment.amount.0);
        Shannons(amounts.fold(0, u64::saturating_add))
    }

    /// What this account has more afterwards, or less.
    #[must_use]
    pub fn profit(&self) -> i128 {
        i128::from(self.paid().0) - i128::from(self.fee.0)
    }
}

/// What became of a claim of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimResult {
    /// Which target.
    pub target: TargetId,
    /// What became of it.
    pub outcome: ClaimOutcome,
}

/// What became of a claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClaimOutcome {
    /// It is settled.
    Settled {
        /// By which transaction.
        transaction: TransactionDigest,
        /// Shannons that this account gained, the fee taken off.
        change: i128,
        /// What it cost.
        fee: Shannons,
    },
    /// It was executed and failed; the base fee was paid.
    Failed {
        /// Which transaction.
        transaction: TransactionDigest,
        /// Why.
        why: Explanation,
        /// What it cost.
        fee: Shannons,
    },
    /// Nothing was signed.
    Skipped(Failure),
    /// It was sent, and what became of it is not known yet.
    Unknown(Failure),
    /// The plan was stopped before it.
    Stopped,
}

#[cfg(test)]
mod tests {
    use super::{Plan, PlanId, PlannedClaim, Terms};
    use wasm_core::address::{Address, ObjectId};
    use wasm_core::amount::Shannons;
    use wasm_core::preview::{PaidAs, Payment};
    use wasm_core::target::TargetStage;

    #[test]
    fn a_bond_is_so_much_for_each_byte_up_to_the_largest_data() {
        let terms = Terms { bond_per_byte: Shannons(65), largest_data: 100 };
        assert_eq!(terms.bond(0), Some(Shannons(0)));
        assert_eq!(terms.bond(100), Some(Shannons(6_500)));
        assert_eq!(terms.bond(101), None);
        let dear = Terms { bond_per_byte: Shannons(u64::MAX), largest_data: 100 };
        assert_eq!(dear.bond(2), None);
    }

    #[test]
    fn a_plan_adds_up_what_is_paid_and_what_it_costs() {
        let claim = |amounts: &[u64], fee| PlannedClaim {
            target: ObjectId::ZERO,
            stage: TargetStage::Due,
            payments: amounts
                .iter()
                .map(|amount| Payment {
                    to: Address::ZERO,
                    amount: Shannons(*amount),
                    paid_as: PaidAs::Claimer,
                })
                .collect(),
            fee: Shannons(fee),
        };
        let claims = vec![claim(&[5, 7], 3), claim(&[1], 4)];
        assert_eq!(claims[1].profit(), -3);
        let plan = Plan { id: PlanId(1), claims, left_out: Vec::new() };
        assert_eq!((plan.paid(), plan.fee()), (Shannons(13), Shannons(7)));
    }
}
