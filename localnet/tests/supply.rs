//! Random lives of a network: whatever is sent, no shannon appears or vanishes against the rules.

use localnet::genesis::{
    GenesisAccount, GenesisConfig, GenesisModel, GenesisValidator, LOCALNET_COIN,
};
use localnet::ledger::Ledger;
use wasm_core::address::{Address, ModelId, ObjectId};
use wasm_core::digest::{
    Checksum, DecryptionKeyCommitment, EmbeddingCommitment, WeightsCommitment, blake2b256,
};
use wasm_core::effects::ExecutionStatus;
use wasm_core::keys::Keypair;
use wasm_core::manifest::{Manifest, SubmissionManifest};
use wasm_core::object::{ObjectRef, ObjectType};
use wasm_core::tensor::SomaTensor;
use wasm_core::tx::kind::{CommitModelArgs, RemoveValidatorArgs, RevealModelArgs, SubmitDataArgs};
use wasm_core::tx::{TransactionData, TransactionKind};
use wasm_core::weights::DecryptionKey;

const DAY: u64 = 86_400_000;
const START: u64 = 1_760_000_000_000;
const KEY: [u8; 32] = [3; 32];

/// Numbers that look random and are the same at every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        let at = self.roll(from.len() as u64);
        from[usize::try_from(at).expect("an index")]
    }

    fn amount(&mut self) -> u64 {
        let most = self.pick(&[2, 3_000, 10_000_000, 2 * LOCALNET_COIN, u64::MAX]);
        self.roll(most)
    }
}

fn validator(place: u8) -> GenesisValidator {
    GenesisValidator::derive_at(&[0x40 + place; 32], place)
}

fn manifest(size: u64) -> Manifest {
    Manifest::new("https://example.org/file".parse().expect("a URL"), Checksum([5; 32]), size)
}

fn embedding() -> SomaTensor {
    SomaTensor::vector(vec![0.5, -0.25, 0.125, 1.0])
}

/// Everybody who sends something: four validators, a validator to be, and two accounts.
struct World {
    ledger: Ledger,
    senders: Vec<Keypair>,
    newcomer: GenesisValidator,
}

impl World {
    fn new() -> Self {
        let newcomer = validator(9);
        let validators: Vec<GenesisValidator> = (0..4).map(validator).collect();
        let copy = |key: &Keypair| Keypair::derive(&key.expose_seed());
        let keys = validators.iter().map(|it| copy(&it.account));
        let accounts = (1..=2).map(|n| Keypair::derive(&[n; 32]));
        let senders: Vec<Keypair> = keys.chain([copy(&newcomer.account)]).chain(accounts).collect();
        let mut config = GenesisConfig::of_validators(validators, START);
        config.embedding_dim = Some(4);
        config.accounts = senders[4..]
            .iter()
            .map(|key| GenesisAccount { address: key.address(), coins: vec![LOCALNET_COIN; 4] })
            .collect();
        config.models = [5, 6]
            .map(|owner: usize| GenesisModel {
                owner: senders[owner].address(),
                manifest: manifest(10),
                decryption_key: DecryptionKey(KEY),
                weights_commitment: WeightsCommitment([4; 32]),
                embedding: None,
                commission_rate: 100,
                stake: 1_000_000_000,
            })
            .to_vec();
        Self { ledger: Ledger::new(config.build().expect("a valid genesis")), senders, newcomer }
    }

    fn owned(&self, owner: Address, object_type: Option<ObjectType>) -> Vec<ObjectRef> {
        let objects = self.ledger.owned(owner, object_type);
        objects.into_iter().map(|object| object.reference().expect("an id")).collect()
    }

    /// A transaction about coins and stakes.
    fn about_money(&self, dice: &mut Dice, sender: Address) -> TransactionKind {
        let owned = self.owned(sender, None);
        let (first, second) = (dice.pick(&owned), dice.pick(&owned));
        let addresses: Vec<Address> = self.senders.iter().map(Keypair::address).collect();
        let (recipient, of_validator) = (dice.pick(&addresses), dice.pick(&addresses[..5]));
        let some = dice.amount();
        let amount = dice.pick(&[Some(some), None]);
        match dice.roll(14) {
            0..=2 => TransactionKind::TransferCoin { coin: first, amount, recipient },
            3 => TransactionKind::PayCoins {
                coins: vec![first, second],
                amounts: Some(vec![some, dice.amount()]),
                recipients: vec![recipient, sender],
            },
            4 => TransactionKind::PayCoins {
                coins: vec![first],
                amounts: None,
                recipients: vec![recipient],
            },
            5 => TransactionKind::TransferObjects { objects: vec![first], recipient },
            6..=8 => TransactionKind::AddStake { address: of_validator, coin_ref: first, amount },
            9..=11 => TransactionKind::WithdrawStake { staked_soma: first },
            _ => {
                let model_id = self.any_model(dice);
                TransactionKind::AddStakeToModel { model_id, coin_ref: first, amount }
            }
        }
    }

    fn any_model(&self, dice: &mut Dice) -> ModelId {
        let models = self.ledger.system_state().model_registry.models.keys();
        dice.pick(&models.copied().collect::<Vec<_>>())
    }

    /// A transaction about targets.
    fn about_targets(&self, dice: &mut Dice, sender: Address) -> TransactionKind {
        let targets: Vec<ObjectId> = self.ledger.targets().map(|(id, _)| id).collect();
        // Few of them, so that the same ones are filled, reported and claimed.
        let few = &targets[..targets.len().min(9)];
        let target_id = if few.is_empty() { ObjectId([7; 32]) } else { dice.pick(few) };
        match dice.roll(6) {
            0 | 1 => self.submission(target_id, dice.pick(&self.owned(sender, None))),
            2 | 3 => TransactionKind::ClaimRewards { target_id },
            _ => TransactionKind::ReportSubmission { target_id },
        }
    }

    fn submission(&self, target_id: ObjectId, bond_coin: ObjectRef) -> TransactionKind {
        let target = self.ledger.targets().find(|(id, _)| *id == target_id);
        let model_id = target.map_or(target_id, |(_, target)| target.model_ids[0]);
        TransactionKind::SubmitData(SubmitDataArgs {
            target_id,
            data_manifest: SubmissionManifest { manifest: manifest(1_000) },
            model_id,
            embedding: embedding(),
            distance_score: SomaTensor::scalar(0.5),
            loss_score: SomaTensor::vector(vec![1.0]),
            bond_coin,
        })
    }

    /// A transaction about models and validators.
    fn about_others(&self, dice: &mut Dice) -> TransactionKind {
        let model_id = self.any_model(dice);
        let amount = dice.amount();
        let validators: Vec<Address> = self.senders[..5].iter().map(Keypair::address).collect();
        match dice.roll(16) {
            0 | 1 => TransactionKind::CreateModel {
                stake_amount: 900_000_000 + amount % 5_000_000_000,
                commission_rate: 10,
                architecture_version: 1,
            },
            2..=4 => TransactionKind::CommitModel(CommitModelArgs {
                model_id,
                manifest: manifest(10),
                weights_commitment: WeightsCommitment([5; 32]),
                embedding_commitment: EmbeddingCommitment::of(&embedding()),
                decryption_key_commitment: DecryptionKeyCommitment(blake2b256(&[&KEY])),
            }),
            5..=7 => TransactionKind::RevealModel(RevealModelArgs {
                model_id,
                decryption_key: DecryptionKey(KEY),
                embedding: embedding(),
            }),
            8..=10 => TransactionKind::ReportModel { model_id },
            11 => TransactionKind::ReportValidator { reportee: dice.pick(&validators) },
            12 => TransactionKind::SetCommissionRate { new_rate: amount % 10_000 },
            13 => TransactionKind::AddValidator(self.newcomer.joining()),
            // These two would soon end the life of a network if they came often.
            14 if dice.roll(4) == 0 => TransactionKind::DeactivateModel { model_id },
            15 if dice.roll(4) == 0 => {
                TransactionKind::RemoveValidator(RemoveValidatorArgs { pubkey_bytes: Vec::new() })
            }
            _ => TransactionKind::SetModelCommissionRate { model_id, new_rate: amount % 10_000 },
        }
    }
}

/// How many transactions came to what.
#[derive(Default, Debug)]
struct Seen {
    succeeded: u64,
    failed: u64,
    refused: u64,
}

/// One life of some epochs, audited after each transaction.
fn live(seed: u64, seen: &mut Seen) -> Ledger {
    let (mut world, mut dice) = (World::new(), Dice(seed));
    let mut now = START;
    for turn in 1..=500_u64 {
        let at = usize::try_from(dice.roll(world.senders.len() as u64)).expect("an index");
        let sender = world.senders[at].address();
        let coins = world.owned(sender, Some(ObjectType::Coin));
        if !coins.is_empty() {
            let kind = match dice.roll(3) {
                0 => world.about_money(&mut dice, sender),
                1 => world.about_targets(&mut dice, sender),
                _ => world.about_others(&mut dice),
            };
            let gas = [dice.pick(&coins), dice.pick(&coins)];
            let gas = gas[..dice.pick(&[1, 1, 1, 2])].to_vec();
            let transaction = TransactionData::new(kind, sender, gas);
            let name = transaction.kind().name();
            match world.ledger.execute(&transaction.sign(&world.senders[at])) {
                Ok(executed) => match &executed.effects.as_v1().status {
                    ExecutionStatus::Success => seen.succeeded += 1,
                    ExecutionStatus::Failure { .. } => seen.failed += 1,
                },
                Err(_) => seen.refused += 1,
            }
            if let Err(discrepancy) = world.ledger.audit() {
                panic!("seed {seed}, turn {turn}, {name}: {discrepancy}");
            }
        }
        if turn % 50 == 0 {
            // Some epochs are cut short, and one in eight ends in safe mode.
            now += dice.pick(&[DAY, DAY, 1_000]);
            let version = world.ledger.system_state().protocol_version;
            let next = if dice.roll(8) == 0 { version + 90 } else { version };
            world.ledger.advance_epoch_into(next, now);
            if let Err(discrepancy) = world.ledger.audit() {
                panic!("seed {seed}, end of an epoch after turn {turn}: {discrepancy}");
            }
        }
    }
    world.ledger
}

#[test]
fn no_shannon_appears_or_vanishes_whatever_is_sent() {
    let mut seen = Seen::default();
    let (mut minting, mut burning, mut safe) = (0, 0, 0);
    for seed in 1..=8_u64 {
        let ledger = live(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15), &mut seen);
        let change = ledger.supply_change();
        minting += u64::from(change.minted > 0);
        burning += u64::from(change.burned > 0);
        safe += (0..=ledger.epoch())
            .filter_map(|epoch| ledger.epoch_info(epoch))
            .filter(|info| info.system_state.safe_mode)
            .count();
    }
    assert!(seen.succeeded > 500 && seen.failed > 500 && seen.refused > 50, "{seen:?}");
    assert!(minting > 2 && burning > 2 && safe > 2, "{minting} {burning} {safe}");
}
