//! The messages: everything that can cross is named here.
//!
//! Each message travels as JSON text with, at most, one `File` beside it. A request is answered by
//! exactly one [`Event::Reply`] of its id. A worker says [`Event::Ready`] first; what is posted
//! earlier is lost.

use crate::accounts::{AccountsReply, AccountsRequest};
use crate::activity::{ActivityRequest, ActivityView};
use crate::coins::{CoinsAct, Holdings};
use crate::damaged::{DamagedRecord, DamagedRequest};
use crate::dapp::{DappEvent, DappReply, DappRequest};
use crate::explore::{
    AddressView, CheckpointName, CheckpointView, EpochView, Looked, ObjectView, Place,
    TransactionView,
};
use crate::indexer::{IndexerReply, IndexerRequest};
use crate::late::Late;
use crate::matching::{MatchEvent, MatchReply, MatchRequest};
use crate::models::{ModelsReply, ModelsRequest, WeightsRequest};
use crate::multisig::{MultisigReply, MultisigRequest};
use crate::network::{Network, NetworkStatus};
use crate::publish::{JobId, PublishOptions, PublishView, WeightsSummary};
use crate::score::{
    KeptWeights, KeyText, ScoreChoices, ScoreEngines, ScoreFile, ScoreFileId, ScoreOptions,
    ScoreProgress, ScoreResult,
};
use crate::stakes::{StakeAct, Stakes};
use crate::targets::{TargetEvent, TargetReply, TargetRequest};
use crate::validators::ValidatorAct;
use crate::vault::{VaultReply, VaultRequest, VaultStanding};
use crate::wallet::{
    AccountView, DefaultNames, ImportPreview, ImportSecret, Password, PhraseDraft, Receipt,
    SendAmount, WalletStatus, WordAnswer,
};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use wasm_core::address::{Address, ModelId, ObjectId, TargetId};
use wasm_core::digest::TransactionDigest;
use wasm_core::network::{Economy, EpochPoint, Pulse, ValidatorsTable};
use wasm_core::object::Version;
use wasm_core::preview::{Consent, Review};

/// Version of this protocol; page and worker of different builds refuse each other.
pub const VERSION: u32 = 8;

/// Ties a reply to its request. Never used twice by one page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RequestId(pub u64);

/// Names a transaction that was prepared and waits for a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ReviewId(pub u64);

/// What a page may ask. Beside each stands the [`Reply`] that answers it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Request {
    // ---- the wallet
    /// Is there a wallet, is it open, who is in it? → `Status`
    Status,
    /// Make a new phrase to be written down; kept in the worker until created or dropped. → `Draft`
    DraftPhrase {
        /// 12, 15, 18, 21 or 24.
        words: u8,
    },
    /// Create the wallet of the drafted phrase, if the answers are right. → `Status`
    CreateWallet {
        /// The words asked for by the draft.
        answers: Vec<WordAnswer>,
        /// Protects the vault.
        password: Password,
        /// What is made is called so.
        names: DefaultNames,
    },
    /// Which accounts does this secret hold? Nothing is kept. → `ImportPreview`
    InspectImport {
        /// Phrase, key, keystore or backup.
        secret: ImportSecret,
        /// What has no name is called so.
        names: DefaultNames,
    },
    /// Create the wallet of an existing secret. → `Status`
    ImportWallet {
        /// Phrase, key or keystore.
        secret: ImportSecret,
        /// Protects the vault.
        password: Password,
        /// What has no name is called so.
        names: DefaultNames,
    },
    /// Open the vault. → `Status`
    Unlock(Password),
    /// Close the vault: forget keys and pending reviews. → `Status`
    Lock,
    /// Seal the vault under another password. → `Done`
    ChangePassword {
        /// The one in force.
        current: Password,
        /// The new one.
        new: Password,
    },
    /// Lock by itself after so many idle minutes; never, where none. → `Status`
    SetAutoLock {
        /// Minutes without use.
        minutes: Option<u16>,
    },
    /// Somebody is here: the idle time starts again. → `Done`
    Touch,
    /// Delete everything this browser keeps of the wallet. → `Status`
    EraseWallet,
    /// Work with another account of the wallet. → `Status`
    SelectAccount(Address),
    /// The whole wallet as an encrypted file under its own password. → `Backup`
    BackupWallet {
        /// The wallet's, asked for again.
        current: Password,
        /// Protects the file.
        password: Password,
    },
    /// Anything about the vault's copies and passkeys. → `Vault`
    Vault(Late<VaultRequest>),

    // ---- accounts and the address book
    /// Anything about accounts, recovery phrases and the address book. → `Accounts`
    Accounts(Late<AccountsRequest>),

    // ---- the network
    /// Networks to choose from. → `Networks`
    Networks,
    /// Work with another network; asked for its identity first. → `NetworkStatus`
    SelectNetwork {
        /// Name of the network.
        name: String,
    },
    /// Keep a network of one's own. → `Networks`
    AddNetwork(Network),
    /// Forget a network of one's own. → `Networks`
    RemoveNetwork {
        /// Name of the network.
        name: String,
    },
    /// Use this GraphQL endpoint as a network's indexer, or none. Checked against the network's chain
    /// first. → `Networks`
    KeepIndexer {
        /// Name of the network.
        network: String,
        /// Whole URL of the endpoint.
        graphql_url: Option<String>,
    },
    /// Ask a node who it is, without choosing it; and its indexer, where one is named. → `NetworkStatus`
    ProbeNetwork(Network),
    /// The chosen network as it is now. → `NetworkStatus`
    NetworkStatus,
    /// End the epoch now; local networks only. → `NetworkStatus`
    AdvanceEpoch,

    // ---- money
    /// Balance and coins of the selected account. → `Account`
    Account,
    /// Anything about what the selected account did and received on this network. → `Activity`
    Activity(Late<ActivityRequest>),
    /// Coins for nothing, where the network has a faucet. → `Receipt`
    RequestFaucet,
    /// Prepare to send. → `Review`
    PrepareSend {
        /// Who receives.
        recipient: Address,
        /// How much.
        amount: SendAmount,
    },
    /// Where stake can go, and what the selected account has staked. → `Stakes`
    Stakes,
    /// Prepare an act with stakes. → `Review`
    PrepareStakeAct(Late<StakeAct>),
    /// Everything that the selected account owns, object by object. → `Holdings`
    Holdings,
    /// Prepare an act with several coins or objects. → `Review`
    PrepareCoinsAct(Late<CoinsAct>),
    /// Sign and execute exactly what was reviewed. Refused unless each of its dangers was accepted, and
    /// where a finding forbids it. → `Receipt`
    Confirm {
        /// Which.
        review: ReviewId,
        /// The dangers that were accepted.
        consent: Consent,
    },
    /// Forget a review. → `Done`
    Discard(ReviewId),

    // ---- signing together
    /// Anything about accounts of several keys. → `Multisig`, or `Review` where it prepares a transaction
    Multisig(Late<MultisigRequest>),

    // ---- publishing a model
    /// Check the header of the attached weights file. → `Weights`
    InspectWeights,
    /// Begin to publish the attached weights file. → `Publish`
    StartPublish(Late<PublishOptions>),
    /// All publications of this wallet. → `PublishJobs`
    PublishJobs,
    /// Give a job what it waits for: the file again (attached), an upload link, or a URL; or just go
    /// on after a failure. → `Publish`
    ContinuePublish {
        /// Which.
        job: JobId,
        /// A presigned PUT link. Not stored.
        upload_link: Option<String>,
        /// Where the file lies, for a person who hosts it.
        url: Option<String>,
    },
    /// Stop sealing, uploading or verifying; the job waits. → `Publish`
    PausePublish(JobId),
    /// Prepare the next transaction of a publication: create, commit or reveal. A commit is refused while
    /// a check of what will be revealed fails. → `Review`
    PreparePublishStep {
        /// Which.
        job: JobId,
        /// Commit although a check fails: its owner was told and wants it.
        despite_checks: bool,
    },
    /// Key, embedding and checksum of a publication as an encrypted file. → `Backup`
    BackupPublish {
        /// Which.
        job: JobId,
        /// The wallet's, asked for again.
        current: Password,
        /// Protects the file.
        password: Password,
    },
    /// Take the secrets of a publication out of its encrypted file, and go on with it here. → `Publish`
    RestorePublish {
        /// Contents of the file.
        contents: String,
        /// Password of the file.
        password: Password,
        /// The model; needed where the file was made before the model had an id.
        model: Option<ModelId>,
    },
    /// Hand out the sealed file, to be saved by its owner. → `SealedFile`, with the file beside it
    SealedFile(JobId),
    /// Forget a publication and its local file. Refused while a reveal is due. → `PublishJobs`
    RemovePublish(JobId),

    // ---- scoring: the wallet's worker tells what there is
    /// Models and targets of the chosen network. → `ScoreChoices`
    ScoreChoices,
    /// One target by its id, the models included. → `ScoreChoices`
    ScoreTarget(TargetId),

    // ---- scoring: what only the scoring worker answers
    /// What computes on this machine. → `ScoreEngines`
    ScoreEngines,
    /// Check and keep the attached weights file, encrypted where there is a key. → `ScoreFile`
    TakeScoreFile {
        /// What opens it.
        key: Option<KeyText>,
    },
    /// Forget a weights file. → `Done`
    DropScoreFile(ScoreFileId),
    /// Score the attached data. → `Score`, with `Event::Score` on the way
    Score(Late<ScoreOptions>),
    /// Weights of the network's models that are kept here. → `KeptWeights`
    KeptWeights,
    /// Forget them. → `KeptWeights`
    DropKeptWeights,

    // ---- the network from afar
    /// Tell the network's pulse from now on, as `Event::Pulse` and `Event::Economy`. → `Pulse`
    WatchNetwork,
    /// Nobody looks any more. → `Done`
    UnwatchNetwork,
    /// The economy as it is now. → `Economy`
    Economy,
    /// What epochs came to: so many, the newest of them this one. → `EpochHistory`
    EpochHistory {
        /// The newest that is asked for.
        newest: u64,
        /// How many, 32 at most.
        count: u64,
    },
    /// All validators. → `Validators`
    Validators,
    /// Prepare an act of a validator. → `Review`
    PrepareValidatorAct(Late<ValidatorAct>),
    /// What a text may stand for. → `Places`
    Find(String),
    /// A transaction. → `Transaction`
    ShowTransaction(TransactionDigest),
    /// A checkpoint. → `Checkpoint`
    ShowCheckpoint(CheckpointName),
    /// An object, as it is or was. → `Object`
    ShowObject {
        /// Which.
        id: ObjectId,
        /// At which version; the newest, where none.
        version: Option<Version>,
    },
    /// What an address has. → `Address`
    ShowAddress(Address),
    /// An epoch. → `Epoch`
    ShowEpoch(u64),

    /// Anything that an indexer tells. → `Indexer`
    Indexer(Late<IndexerRequest>),

    // ---- targets
    /// Anything about targets. → `Targets`, or `Review` where it prepares a transaction
    Targets(Late<TargetRequest>),

    // ---- models
    /// Models of the chosen network, and this wallet's own. → as the request says
    Models(Late<ModelsRequest>),
    /// What only the scoring worker does about models. → as the request says
    Weights(Late<WeightsRequest>),

    // ---- matching
    /// Many files and all open targets; the scoring worker answers. → as the request says
    Matching(Late<MatchRequest>),

    // ---- web sites
    /// Anything that a web site asks, or about sites. → `Dapp`
    Dapp(Late<DappRequest>),

    // ---- what this browser keeps
    /// Anything about records that cannot be read. → `Damaged`
    Damaged(Late<DamagedRequest>),

    /// Give up on another request. → `Done`
    Cancel(RequestId),
}

/// The good answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is named by the request it answers")]
pub enum Reply {
    Done,
    Status(WalletStatus),
    Vault(Late<VaultReply>),
    Draft(Late<PhraseDraft>),
    Accounts(Late<AccountsReply>),
    ImportPreview(Late<ImportPreview>),
    Networks(Vec<Network>),
    NetworkStatus(NetworkStatus),
    Account(Late<AccountView>),
    Stakes(Late<Stakes>),
    Holdings(Late<Holdings>),
    Activity(Late<ActivityView>),
    Review {
        id: ReviewId,
        review: Late<Review>,
        network: NetworkStatus,
    },
    Receipt(Late<Receipt>),
    Multisig(Late<MultisigReply>),
    Weights(Late<WeightsSummary>),
    Publish(Late<PublishView>),
    PublishJobs(Late<Vec<PublishView>>),
    Damaged(Late<Vec<DamagedRecord>>),
    Dapp(Late<DappReply>),
    /// Text of an encrypted file and the name it should have.
    Backup {
        file_name: String,
        contents: String,
    },
    SealedFile {
        file_name: String,
    },
    ScoreChoices(Late<ScoreChoices>),
    ScoreEngines(Late<ScoreEngines>),
    ScoreFile(Late<ScoreFile>),
    Score(Late<ScoreResult>),
    KeptWeights(Late<KeptWeights>),
    Models(Late<ModelsReply>),
    Targets(Late<TargetReply>),
    Matching(Late<MatchReply>),
    Pulse(Late<Pulse>),
    Economy(Late<Economy>),
    EpochHistory(Late<Vec<EpochPoint>>),
    Validators(Late<ValidatorsTable>),
    Places(Late<Vec<Place>>),
    Transaction(Late<Looked<TransactionView>>),
    Checkpoint(Late<Looked<CheckpointView>>),
    Object(Late<Looked<ObjectView>>),
    Address(Late<AddressView>),
    Epoch(Late<Looked<EpochView>>),
    Indexer(Late<IndexerReply>),
}

/// What the worker says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Event {
    /// The worker listens.
    Ready {
        /// Must equal [`VERSION`].
        version: u32,
        /// Another page of this origin has the wallet, and this worker waits for its turn.
        #[serde(default)]
        waits: bool,
    },
    /// The worker waited, and has the wallet from now on.
    Turn,
    /// The worker wants its page to start a program for it; the port to that comes beside this.
    Program {
        /// The program's script.
        script: String,
    },
    /// The answer to a request.
    Reply {
        /// Which.
        id: RequestId,
        /// What, or why not.
        result: Result<Reply, Failure>,
    },
    /// The wallet was locked, unlocked, or its accounts changed.
    Wallet(WalletStatus),
    /// How the vault stands now.
    Vault(Late<VaultStanding>),
    /// The network moved on: an epoch, a checkpoint that matters, or it came or went.
    Network(NetworkStatus),
    /// Balance, coins or activity of the selected account changed.
    AccountChanged,
    /// A publication moved on. At most ten times a second.
    Publish(Late<PublishView>),
    /// A publication is gone.
    PublishRemoved(JobId),
    /// What is new of the network's pulse, while somebody watches. At most twice a second.
    Pulse(Late<Pulse>),
    /// The economy moved, while somebody watches.
    Economy(Late<Economy>),
    /// Something about targets moved on.
    Targets(Late<TargetEvent>),
    /// Something about web sites, said without being asked.
    Dapp(Late<DappEvent>),
    /// Something about matching moved on.
    Matching(Late<MatchEvent>),
    /// A scoring moved on. At most ten times a second.
    Score {
        /// Which.
        request: RequestId,
        /// How far.
        progress: Late<ScoreProgress>,
    },
}

/// A message of the worker as a page hears it.
#[derive(Debug)]
pub enum Heard {
    /// It can be read.
    Event(Box<Event>),
    /// The answer to a request, of which no more than that can be read.
    Answer(RequestId),
    /// Nothing of it can be read.
    Noise,
}

impl Heard {
    /// Reads a message.
    #[must_use]
    pub fn read(text: &str) -> Self {
        /// As much of [`Event`] as tells whom an answer is for.
        #[derive(Deserialize)]
        enum Addressed {
            Reply {
                id: RequestId,
                #[serde(rename = "result")]
                _result: IgnoredAny,
            },
        }
        serde_json::from_str(text).map_or_else(
            |_| match serde_json::from_str(text) {
                Ok(Addressed::Reply { id, .. }) => Self::Answer(id),
                Err(_) => Self::Noise,
            },
            |event| Self::Event(Box::new(event)),
        )
    }
}

/// Why a request was not fulfilled, for a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{what}")]
pub struct Failure {
    /// Stable name, `area/what`, such as `vault/wrong-password`.
    pub code: String,
    /// What happened and what it means.
    pub what: String,
    /// What to do next.
    pub next: String,
    /// Whether asking again could help.
    pub retry: bool,
}

#[cfg(test)]
mod tests {
    use super::{Event, Heard, Reply, RequestId};
    use crate::late::Late;
    use crate::score::{OpenTarget, ScoreChoices};
    use wasm_core::address::ObjectId;
    use wasm_core::amount::Shannons;

    fn reply(threshold: f32) -> String {
        let target = OpenTarget {
            id: ObjectId([7; 32]),
            embedding: vec![1.0],
            threshold,
            reward: Shannons(1),
            models: Vec::new(),
        };
        let choices = ScoreChoices { targets: vec![target], ..ScoreChoices::default() };
        let result = Ok(Reply::ScoreChoices(Late::new(&choices)));
        serde_json::to_string(&Event::Reply { id: RequestId(8), result }).unwrap()
    }

    #[test]
    fn an_answer_that_cannot_be_read_still_tells_whom_it_is_for() {
        let heard = Heard::read(&reply(0.5));
        assert!(matches!(heard, Heard::Event(event) if matches!(*event, Event::Reply { .. })));
        // JSON has no word for what is no number. Whoever uses the answer is told.
        let Heard::Event(event) = Heard::read(&reply(f32::NAN)) else { panic!("it is an event") };
        let Event::Reply { result: Ok(Reply::ScoreChoices(choices)), .. } = *event else {
            panic!("it is that answer")
        };
        assert_eq!(choices.read().unwrap_err().code, "bridge/unreadable");
        let of_later = r#"{"Reply":{"id":9,"result":{"Ok":{"Unheard":[1,{"of":null}]}}}}"#;
        assert!(matches!(Heard::read(of_later), Heard::Answer(RequestId(9))));
    }

    #[test]
    fn what_is_no_answer_and_cannot_be_read_is_noise() {
        for text in ["", "{", "null", r#"{"Unheard":1}"#, r#"{"Reply":{"result":null}}"#] {
            assert!(matches!(Heard::read(text), Heard::Noise), "{text}");
        }
    }
}
