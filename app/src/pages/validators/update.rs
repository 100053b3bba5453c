//! What a validator can change about itself: its commission, its addresses and keys, and whether it goes on.

use super::acts::Acting;
use super::join::{Info, InfoDrop};
use crate::components::button::{Button, Rank};
use crate::components::card::Card;
use crate::components::disclosure::Disclosure;
use crate::components::field::{Field, Typing};
use crate::components::first_wrong::focus_first_wrong;
use crate::languages::{t, typed_number};
use crate::say;
use bridge::validators::ValidatorAct;
use bridge::wallet::SendAmount;
use leptos::prelude::*;
use wasm_core::address::Address;
use wasm_core::amount::Shannons;
use wasm_core::intent::UpdateValidator;
use wasm_core::multiaddr::Multiaddr;
use wasm_core::network::{Outlook, ValidatorKeys, ValidatorSeat};
use wasm_core::rate::parse_percent;

/// One's own validator. Its forms stay as they are while it is told anew.
#[component]
pub(super) fn OwnCard(seat: Memo<ValidatorSeat>, acting: Acting) -> impl IntoView {
    let outlook = Memo::new(move |_| seat.read().outlook);
    let active = Memo::new(move |_| matches!(outlook.get(), Outlook::Active | Outlook::Leaving));
    let takes_stake = Memo::new(move |_| outlook.get() != Outlook::Left);
    let next_bps = Memo::new(move |_| seat.read().next_commission_bps);
    let keys = Memo::new(move |_| seat.read().keys.clone());
    let address = seat.read_untracked().address;
    let words = move || match outlook.get() {
        Outlook::Joining => Some(t!(
            "It waits to join. It does with the next epoch if at least 0.12 % of all stake is with it by then; \
            else it waits on. It can be changed once it validates."
        )),
        Outlook::Left => Some(t!("It validates no more. What is staked with it can be withdrawn.")),
        Outlook::Leaving => Some(t!("It leaves with the end of this epoch.")),
        Outlook::Active => None,
    };
    view! {
        <Card title=t!("Your validator") testid="own-validator">
            {move || words().map(|words| view! { <p class="card-lede" data-testid="own-outlook">{words}</p> })}
            {move || active.get().then(|| view! {
                <CommissionForm next_bps acting />
                <Disclosure summary=t!("Change addresses or keys") testid="update-validator"><UpdateForm keys acting /></Disclosure>
            })}
            {move || takes_stake.get().then(|| view! { <StakeForm address acting /> })}
            {move || (outlook.get() == Outlook::Active).then(|| view! {
                <Disclosure summary=t!("Stop being a validator") testid="leave"><Leave acting /></Disclosure>
            })}
        </Card>
    }
}

#[component]
fn StakeForm(address: Address, acting: Acting) -> impl IntoView {
    let (amount, tried) = (RwSignal::new(String::new()), RwSignal::new(false));
    let read = move || match typed_number(&amount.read()).parse::<Shannons>() {
        Ok(Shannons::ZERO) => Err(t!("enter more than nothing").to_owned()),
        Ok(amount) => Ok(amount),
        Err(error) => Err(error.to_string()),
    };
    acting.after(
        |act| matches!(act, ValidatorAct::Stake { .. }),
        move || {
            tried.set(false);
            amount.set(String::new());
        },
    );
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        match untrack(read) {
            Ok(amount) => {
                let amount = SendAmount::Exact(amount);
                acting.prepare(ValidatorAct::Stake { validator: address, amount });
            }
            Err(_) => focus_first_wrong(),
        }
    };
    view! {
        <form class="form" on:submit=submit novalidate>
            <Field
                label=t!("Stake with it").to_owned()
                value=amount
                typing=Typing::Decimal
                suffix="SOMA"
                hint=t!("It counts from the next epoch on, and can be taken back.").to_owned()
                error=Signal::derive(move || read().err())
                tried
                testid="validator-stake-amount"
            />
            <div class="buttons">
                <Button
                    submit=true
                    busy=acting.busy()
                    disabled=Signal::derive(move || !acting.possible())
                    testid="validator-stake-review"
                >
                    {t!("Review the stake")}
                </Button>
            </div>
        </form>
    }
}

#[component]
fn CommissionForm(next_bps: Memo<u64>, acting: Acting) -> impl IntoView {
    let (text, tried) = (RwSignal::new(String::new()), RwSignal::new(false));
    let rate = Memo::new(move |_| parse_percent(&typed_number(&text.read())));
    let error = Signal::derive(move || match rate.get() {
        Err(error) => Some(error.to_string()),
        Ok(bps) if bps == next_bps.get() => Some(t!("this is the commission already").to_owned()),
        Ok(_) => None,
    });
    acting.after(
        |act| matches!(act, ValidatorAct::SetCommission(_)),
        move || {
            tried.set(false);
            text.set(String::new());
        },
    );
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        match rate.get_untracked() {
            Ok(bps) if bps != next_bps.get_untracked() => {
                acting.prepare(ValidatorAct::SetCommission(bps));
            }
            _ => focus_first_wrong(),
        }
    };
    view! {
        <form class="form" on:submit=submit novalidate>
            <Field
                label=t!("Commission from the next epoch on").to_owned()
                value=text
                typing=Typing::Decimal
                suffix="%"
                hint=Signal::derive(move || t!("Now set: {rate}", rate = say::rate(next_bps.get())))
                error
                tried
                testid="commission"
            />
            <div class="buttons">
                <Button
                    submit=true
                    busy=acting.busy()
                    disabled=Signal::derive(move || !acting.possible())
                    testid="commission-review"
                >
                    {t!("Review")}
                </Button>
            </div>
        </form>
    }
}

/// An address as it is typed: nothing where it is as it was.
fn changed(text: &str, now: &str) -> Result<Option<Multiaddr>, String> {
    let text = text.trim();
    if text == now {
        return Ok(None);
    }
    text.parse::<Multiaddr>().map(Some).map_err(|error| error.to_string())
}

fn addresses(keys: &ValidatorKeys) -> [String; 3] {
    [keys.network_address.clone(), keys.p2p_address.clone(), keys.primary_address.clone()]
}

#[component]
fn UpdateForm(keys: Memo<ValidatorKeys>, acting: Acting) -> impl IntoView {
    let info = Info::new();
    let tried = RwSignal::new(false);
    let now = Memo::new(move |_| addresses(&keys.read()));
    let typed = now.get_untracked().map(RwSignal::new);
    // What nobody changed here follows what is in force.
    Effect::new(move |before: Option<[String; 3]>| {
        let now = now.get();
        for (at, field) in typed.into_iter().enumerate() {
            let untouched =
                before.as_ref().is_some_and(|before| *field.read_untracked() == before[at]);
            if untouched {
                field.set(now[at].clone());
            }
        }
        now
    });
    acting.after(
        |act| matches!(act, ValidatorAct::Update(_)),
        move || {
            tried.set(false);
            info.forget();
            for (field, now) in typed.into_iter().zip(now.get_untracked()) {
                field.set(now);
            }
        },
    );
    // The file names all there is; what was typed before is taken over from it.
    Effect::new(move |_| {
        if let Some(Ok(info)) = info.read() {
            let addresses = [&info.network_address, &info.p2p_address, &info.primary_address];
            for (field, address) in typed.into_iter().zip(addresses) {
                field.set(address.to_string());
            }
        }
    });
    let address = move |at: usize| changed(&typed[at].read(), &now.read()[at]);
    let error = move |at: usize| Signal::derive(move || address(at).err());
    let update = Memo::new(move |_| {
        let from_file = info.read().and_then(Result::ok).map(|info| keys.read().update_to(&info));
        let UpdateValidator { protocol_key, worker_key, network_key, .. } =
            from_file.unwrap_or_default();
        let (network_address, p2p_address, primary_address) =
            (address(0).ok()?, address(1).ok()?, address(2).ok()?);
        Some(UpdateValidator {
            network_address,
            p2p_address,
            primary_address,
            protocol_key,
            worker_key,
            network_key,
        })
    });
    let nothing = Memo::new(move |_| update.get() == Some(UpdateValidator::default()));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        match update.get_untracked() {
            Some(update) if update != UpdateValidator::default() => {
                acting.prepare(ValidatorAct::Update(Box::new(update)));
            }
            Some(_) => {}
            None => focus_first_wrong(),
        }
    };
    let field = move |at: usize, label: &'static str, testid: &'static str| {
        view! {
            <Field label=label.to_owned() value=typed[at] typing=Typing::Code error=error(at) tried testid />
        }
    };
    view! {
        <form class="form" on:submit=submit novalidate>
            {field(0, t!("Address for transactions"), "update-network")}
            {field(1, t!("Address for state"), "update-p2p")}
            {field(2, t!("Address for consensus"), "update-primary")}
            <p class="field-hint">{t!("New keys come from the node's own tool, with the proof that they are yours:")}</p>
            <InfoDrop info />
            <KeyWords update />
            <p class="field-error" aria-live="polite">
                {move || (tried.get() && nothing.get()).then_some(t!("nothing is named that shall change"))}
            </p>
            <div class="buttons">
                <Button
                    rank=Rank::Primary
                    submit=true
                    busy=acting.busy()
                    disabled=Signal::derive(move || !acting.possible())
                    testid="update-review"
                >
                    {t!("Review")}
                </Button>
            </div>
        </form>
    }
}

/// Which keys the file changes.
#[component]
fn KeyWords(update: Memo<Option<UpdateValidator>>) -> impl IntoView {
    move || {
        let update = update.get()?;
        let keys: Vec<_> = [
            (update.protocol_key.is_some(), t!("the protocol key")),
            (update.network_key.is_some(), t!("the network key")),
            (update.worker_key.is_some(), t!("the worker key")),
        ]
        .into_iter()
        .filter_map(|(changes, what)| changes.then_some(what))
        .collect();
        (!keys.is_empty()).then(|| {
            view! { <p class="field-hint" data-testid="update-keys">{t!("Changes with it: {keys}.", keys = keys.join(", "))}</p> }
        })
    }
}

#[component]
fn Leave(acting: Acting) -> impl IntoView {
    view! {
        <p class="card-lede">
            {t!("The validator leaves with the end of this epoch. What is staked with it stays where it is and earns nothing more; everybody can withdraw.")}
        </p>
        <div class="buttons">
            <Button
                rank=Rank::Danger
                busy=acting.busy()
                disabled=Signal::derive(move || !acting.possible())
                on_press=move || acting.prepare(ValidatorAct::Leave)
                testid="leave-review"
            >
                {t!("Review leaving")}
            </Button>
        </div>
    }
}
