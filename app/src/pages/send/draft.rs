//! What is being typed into the form for sending, and what it means.

use crate::languages::{number_to_type, typed_number};
use leptos::prelude::*;
use wasm_core::address::Address;
use wasm_core::amount::Shannons;
use wasm_core::intent::{SendCoins, SendError, SendField};

/// What is being typed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Draft {
    /// Who receives.
    pub(super) recipient: RwSignal<String>,
    /// How much.
    pub(super) amount: RwSignal<String>,
    /// The most that can be sent; nothing while it is not known.
    pub(super) spendable: Memo<Option<Shannons>>,
    /// What the Max button wrote; any other text is an exact amount.
    written_by_max: RwSignal<Option<String>>,
    intent: Memo<Option<Result<SendCoins, SendError>>>,
}

impl Draft {
    /// Nothing typed yet.
    pub(super) fn new(spendable: Memo<Option<Shannons>>) -> Self {
        let (recipient, amount) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
        let written_by_max = RwSignal::new(None::<String>);
        let intent = Memo::new(move |_| {
            let spendable = spendable.get()?;
            let (recipient, amount) = (recipient.read(), typed_number(&amount.read()));
            // A balance that moved on since is another amount than the one in the field.
            let max =
                written_by_max.read().as_ref() == Some(&amount) && amount == spendable.to_string();
            Some(if max {
                SendCoins::parse_max(&recipient, spendable)
            } else {
                SendCoins::parse(&recipient, &amount, spendable)
            })
        });
        Self { recipient, amount, spendable, written_by_max, intent }
    }

    /// Writes the most that can be sent into the field.
    pub(super) fn take_max(self) {
        if let Some(spendable) = self.spendable.get_untracked() {
            let text = spendable.to_string();
            self.amount.set(number_to_type(&text));
            self.written_by_max.set(Some(text));
        }
    }

    /// Forgets what was typed.
    pub(super) fn clear(self) {
        self.recipient.set(String::new());
        self.amount.set(String::new());
        self.written_by_max.set(None);
    }

    /// What it means, or why it means nothing; `None` while the balance is not known.
    pub(super) const fn intent(self) -> Memo<Option<Result<SendCoins, SendError>>> {
        self.intent
    }

    /// Who would receive, once that is clear. Tracked.
    pub(super) fn receiver(self) -> Option<Address> {
        SendCoins::parse_recipient(&self.recipient.read()).ok()
    }

    /// What is wrong with a field.
    pub(super) fn error_of(self, field: SendField) -> Signal<Option<String>> {
        Signal::derive(move || match field {
            SendField::Recipient => {
                SendCoins::parse_recipient(&self.recipient.read()).err().map(|e| e.to_string())
            }
            SendField::Amount => match self.spendable.get() {
                Some(spendable) => {
                    SendCoins::parse_amount(&typed_number(&self.amount.read()), spendable)
                        .err()
                        .map(|error| error.to_string())
                }
                None => None,
            },
        })
    }
}
