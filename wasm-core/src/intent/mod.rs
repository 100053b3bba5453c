//! What a person means to do, before any coin, fee or signature is chosen.

mod coins;
mod models;
mod pay_list;
#[cfg(test)]
mod recorded_tests;
mod stakes;
mod targets;
mod validators;

pub use coins::{
    Amount, Nobody, ObjectsError, PayError, PayMany, SendCoins, SendError, SendField,
    TransferObjects,
};
pub(crate) use models::own_model;
pub use models::{
    CommitModel, CreateModel, EmbeddingError, MAX_COMMISSION_BPS, ModelError, RevealModel,
    StakeError, check_embedding, deactivate_model, report_model, set_model_commission,
    undo_report_model,
};
pub use pay_list::{DecimalSign, PayLine, PayLineError, PayList, PayListError};
pub use stakes::{
    StakeAmountError, StakeWithModel, StakeWithValidator, StakingError, parse_stake_amount,
    staking_pool, withdraw_stake,
};
pub use targets::{
    SubmitData, TargetError, claim_rewards, report_submission, target_of, undo_report_submission,
};
pub use validators::{
    UpdateValidator, ValidatorError, active_validator, add_validator, remove_validator,
    report_validator, set_validator_commission, undo_report_validator,
};

use crate::address::{Address, ModelId, ObjectId, TargetId};
use crate::validator_info::ValidatorInfo;

/// Anything that this wallet prepares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Send coins.
    SendCoins(SendCoins),
    /// Pay several people at once.
    PayMany(PayMany),
    /// Give whole coins and stakes away.
    TransferObjects(TransferObjects),
    /// Join the coins of the account, as many as one transaction takes, into one.
    MergeCoins,
    /// Stake with a validator.
    StakeWithValidator(StakeWithValidator),
    /// Stake with a model.
    StakeWithModel(StakeWithModel),
    /// Take a stake back.
    WithdrawStake(ObjectId),
    /// Register a model.
    CreateModel(CreateModel),
    /// Promise its weights.
    CommitModel(CommitModel),
    /// Keep the promise.
    RevealModel(RevealModel),
    /// Set a model's commission from the next epoch on.
    SetModelCommission {
        /// Which model.
        model: ModelId,
        /// Basis points.
        commission_bps: u64,
    },
    /// Take a model out of service for good.
    DeactivateModel(ModelId),
    /// Report a model, as a validator.
    ReportModel(ModelId),
    /// Take that report back.
    UndoReportModel(ModelId),
    /// Submit data for a target.
    SubmitData(Box<SubmitData>),
    /// Settle a target, one's own or anybody's.
    ClaimRewards(TargetId),
    /// Report the submission for a target, as a validator.
    ReportSubmission(TargetId),
    /// Take that report back.
    UndoReportSubmission(TargetId),
    /// Ask to become a validator.
    AddValidator(Box<ValidatorInfo>),
    /// Stop being one.
    RemoveValidator,
    /// Change keys or addresses as a validator, from the next epoch on.
    UpdateValidator(Box<UpdateValidator>),
    /// Set the commission as a validator, from the next epoch on.
    SetValidatorCommission {
        /// Basis points.
        commission_bps: u64,
    },
    /// Report another validator, as one.
    ReportValidator(Address),
    /// Take that report back.
    UndoReportValidator(Address),
}

impl Intent {
    /// Who is paid, or given something.
    #[must_use]
    pub fn recipients(&self) -> Vec<Address> {
        match self {
            Self::SendCoins(send) => vec![send.recipient],
            Self::PayMany(pay) => pay.payments.iter().map(|(recipient, _)| *recipient).collect(),
            Self::TransferObjects(transfer) => vec![transfer.recipient],
            _ => Vec::new(),
        }
    }

    /// Objects that it is about, apart from the coins that pay and the system state.
    #[must_use]
    pub fn objects(&self) -> Vec<ObjectId> {
        match self {
            Self::TransferObjects(transfer) => transfer.objects.clone(),
            Self::SubmitData(submit) => vec![submit.target],
            Self::WithdrawStake(id)
            | Self::ClaimRewards(id)
            | Self::ReportSubmission(id)
            | Self::UndoReportSubmission(id) => vec![*id],
            _ => Vec::new(),
        }
    }
}

impl From<SendCoins> for Intent {
    fn from(intent: SendCoins) -> Self {
        Self::SendCoins(intent)
    }
}

impl From<CreateModel> for Intent {
    fn from(intent: CreateModel) -> Self {
        Self::CreateModel(intent)
    }
}

impl From<CommitModel> for Intent {
    fn from(intent: CommitModel) -> Self {
        Self::CommitModel(intent)
    }
}

impl From<RevealModel> for Intent {
    fn from(intent: RevealModel) -> Self {
        Self::RevealModel(intent)
    }
}

impl From<PayMany> for Intent {
    fn from(intent: PayMany) -> Self {
        Self::PayMany(intent)
    }
}

impl From<TransferObjects> for Intent {
    fn from(intent: TransferObjects) -> Self {
        Self::TransferObjects(intent)
    }
}

impl From<StakeWithValidator> for Intent {
    fn from(intent: StakeWithValidator) -> Self {
        Self::StakeWithValidator(intent)
    }
}

impl From<StakeWithModel> for Intent {
    fn from(intent: StakeWithModel) -> Self {
        Self::StakeWithModel(intent)
    }
}

impl From<SubmitData> for Intent {
    fn from(intent: SubmitData) -> Self {
        Self::SubmitData(Box::new(intent))
    }
}

impl From<UpdateValidator> for Intent {
    fn from(intent: UpdateValidator) -> Self {
        Self::UpdateValidator(Box::new(intent))
    }
}

#[cfg(test)]
mod tests {
    use super::{
        Amount, CreateModel, EmbeddingError, ModelError, Nobody, SendCoins, SendError, SendField,
        check_embedding,
    };
    use crate::address::{Address, AddressParseError, ObjectId};
    use crate::amount::{AmountParseError, Shannons};
    use crate::recorded;
    use crate::tensor::SomaTensor;
    use crate::tx::TransactionKind;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const YOU: &str = "0x0202020202020202020202020202020202020202020202020202020202020202";
    const SPENDABLE: Shannons = Shannons(5_000_000_000);

    #[test]
    fn two_fields_become_an_intent() {
        assert_eq!(
            SendCoins::parse(&format!("  {YOU}\n"), " 1.5 ", SPENDABLE),
            Ok(SendCoins {
                recipient: Address([2; 32]),
                amount: Amount::Exact(Shannons(1_500_000_000))
            })
        );
        assert!(SendCoins::parse(YOU, "5", SPENDABLE).is_ok());
        let max = SendCoins::parse_max(YOU, SPENDABLE).unwrap();
        assert_eq!(max.amount, Amount::Max);
    }

    #[test]
    fn every_error_belongs_to_the_field_that_it_is_about() {
        let (zero, state) = (Address::ZERO.to_string(), ObjectId::SYSTEM_STATE.to_string());
        let cases = [
            ("", "1", SendError::Recipient(AddressParseError::Empty)),
            ("0xzz", "1", SendError::Recipient(AddressParseError::NotHex)),
            ("1234", "1", SendError::Recipient(AddressParseError::TooShort(4))),
            ("0x1234", "1", SendError::ShortRecipient { digits: 4 }),
            (&zero, "1", SendError::Nobody(Nobody::Zero)),
            (&state, "1", SendError::Nobody(Nobody::SystemState)),
            (YOU, "", SendError::Amount(AmountParseError::Empty)),
            (YOU, "1e9", SendError::Amount(AmountParseError::NotDecimal)),
            (YOU, "0.0", SendError::Nothing),
            (YOU, "5.000000001", SendError::TooMuch { spendable: SPENDABLE }),
        ];
        for (recipient, amount, error) in cases {
            let field = if amount == "1" { SendField::Recipient } else { SendField::Amount };
            assert_eq!(error.field(), field);
            assert_eq!(SendCoins::parse(recipient, amount, SPENDABLE), Err(error));
        }
        assert_eq!(SendCoins::parse_max(YOU, Shannons::ZERO), Err(SendError::Empty));
        assert_eq!(SendCoins::parse(YOU, "1", Shannons::ZERO), Err(SendError::Empty));
        assert_eq!(SendError::Empty.field(), SendField::Amount);
    }

    #[test]
    fn an_embedding_has_the_networks_length_and_a_direction() {
        let of = |values: &[f32]| check_embedding(&SomaTensor::vector(values.to_vec()), 3);
        assert_eq!(of(&[0.0, -1.0, 0.5]), Ok(()));
        let short = EmbeddingError::Length { expected: 3, actual: 2 };
        assert_eq!(of(&[0.0, 1.0]), Err(short));
        for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            assert_eq!(of(&[0.0, value, 1.0]), Err(EmbeddingError::NotFinite { position: 2 }));
        }
        assert_eq!(of(&[0.0, -0.0, 0.0]), Err(EmbeddingError::Zero));
        assert_eq!(of(&[f32::MAX, 1.0, 1.0]), Err(EmbeddingError::TooLarge));
        let square = SomaTensor::new(vec![1.0, 2.0, 3.0], vec![3, 1]).unwrap();
        assert_eq!(check_embedding(&square, 3), Err(EmbeddingError::Shape));
    }

    #[test]
    fn a_new_model_needs_the_networks_stake_and_a_possible_commission() {
        let state = recorded::system_state();
        let least = Shannons(state.parameters.model_min_stake);
        let of = |stake: u64, commission_bps: u64| {
            CreateModel { stake: Shannons(stake), commission_bps }.kind(&state)
        };
        assert_eq!(of(least.0 - 1, 0), Err(ModelError::StakeTooSmall { least }));
        assert_eq!(of(least.0, 10_001), Err(ModelError::CommissionTooHigh));
        assert_eq!(
            of(least.0, 10_000),
            Ok(TransactionKind::CreateModel {
                stake_amount: least.0,
                commission_rate: 10_000,
                architecture_version: state.parameters.model_architecture_version,
            })
        );
    }

    #[test]
    fn a_pool_or_a_model_is_nobody() {
        let state = recorded::system_state();
        let pool = state.validators.validators[0].staking_pool.id;
        let nobody = Nobody::in_state(Address(pool.0), &state);
        assert_eq!(nobody, Some(Nobody::Object("a staking pool")));
        assert_eq!(Nobody::in_state(Address([77; 32]), &state), None);
    }
}
