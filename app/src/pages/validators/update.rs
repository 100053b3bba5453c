//! What a validator can change about itself: its commission, its addresses and keys, and whether it goes on.

use super::acts::Acting;
use super::join::{Info, InfoDrop};
use crate::components::button::{Button, Rank};
use crate::components::card::Card;
use crate::components::disclosure::Disclosure;
use crate::components::field::{Field, Typing};
use crate::components::first_wrong::focus_first_wrong;
use crate::say;
use bridge::validators::ValidatorAct;
use leptos::prelude::*;
use wasm_core::intent::UpdateValidator;
use wasm_core::multiaddr::Multiaddr;
use wasm_core::network::{Outlook, ValidatorKeys, ValidatorSeat};
use wasm_core::rate::parse_percent;

/// One's own validator.
#[component]
pub(super) fn OwnCard(seat: ValidatorSeat, acting: Acting) -> impl IntoView {
    let active = matches!(seat.outlook, Outlook::Active | Outlook::Leaving);
    let leaving = seat.outlook == Outlook::Leaving;
    if !active {
        return view! {
            <Card title="Your validator">
                <p class="card-lede">"It can be changed once it validates."</p>
            </Card>
        }
        .into_any();
    }
    view! {
        <Card title="Your validator" testid="own-validator">
            <CommissionForm next_bps=seat.next_commission_bps acting />
            <Disclosure summary="Change addresses or keys" testid="update-validator"><UpdateForm keys=seat.keys acting /></Disclosure>
            {(!leaving).then(|| view! { <Disclosure summary="Stop being a validator" testid="leave"><Leave acting /></Disclosure> })}
        </Card>
    }
    .into_any()
}

#[component]
fn CommissionForm(next_bps: u64, acting: Acting) -> impl IntoView {
    let (text, tried) = (RwSignal::new(String::new()), RwSignal::new(false));
    let rate = Memo::new(move |_| parse_percent(&text.read()));
    let error = Signal::derive(move || match rate.get() {
        Err(error) => Some(error.to_string()),
        Ok(bps) if bps == next_bps => Some("this is the commission already".to_owned()),
        Ok(_) => None,
    });
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        match rate.get_untracked() {
            Ok(bps) if bps != next_bps => acting.prepare(ValidatorAct::SetCommission(bps)),
            _ => focus_first_wrong(),
        }
    };
    view! {
        <form class="form" on:submit=submit novalidate>
            <Field
                label="Commission from the next epoch on".to_owned()
                value=text
                typing=Typing::Decimal
                suffix="%"
                hint=format!("Now set: {}", say::rate(next_bps))
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
                    "Review"
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

#[component]
fn UpdateForm(keys: ValidatorKeys, acting: Acting) -> impl IntoView {
    let info = Info::new();
    let tried = RwSignal::new(false);
    let now =
        [keys.network_address.clone(), keys.p2p_address.clone(), keys.primary_address.clone()];
    let typed = now.clone().map(RwSignal::new);
    let now = StoredValue::new(now);
    let keys = StoredValue::new(keys);
    // The file names all there is; what was typed before is taken over from it.
    Effect::new(move |_| {
        if let Some(Ok(info)) = info.read() {
            let addresses = [&info.network_address, &info.p2p_address, &info.primary_address];
            for (field, address) in typed.into_iter().zip(addresses) {
                field.set(address.to_string());
            }
        }
    });
    let address =
        move |at: usize| changed(&typed[at].read(), &now.with_value(|now| now[at].clone()));
    let error = move |at: usize| Signal::derive(move || address(at).err());
    let update = Memo::new(move |_| {
        let from_file = info
            .read()
            .and_then(Result::ok)
            .map(|info| keys.with_value(|keys| keys.update_to(&info)));
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
            {field(0, "Address for transactions", "update-network")}
            {field(1, "Address for state", "update-p2p")}
            {field(2, "Address for consensus", "update-primary")}
            <p class="field-hint">"New keys come from the node's own tool, with the proof that they are yours:"</p>
            <InfoDrop info />
            <KeyWords update />
            <p class="field-error" aria-live="polite">
                {move || (tried.get() && nothing.get()).then_some("nothing is named that shall change")}
            </p>
            <div class="buttons">
                <Button
                    rank=Rank::Primary
                    submit=true
                    busy=acting.busy()
                    disabled=Signal::derive(move || !acting.possible())
                    testid="update-review"
                >
                    "Review"
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
            (update.protocol_key.is_some(), "the protocol key"),
            (update.network_key.is_some(), "the network key"),
            (update.worker_key.is_some(), "the worker key"),
        ]
        .into_iter()
        .filter_map(|(changes, what)| changes.then_some(what))
        .collect();
        (!keys.is_empty()).then(|| {
            view! { <p class="field-hint" data-testid="update-keys">{format!("Changes with it: {}.", keys.join(", "))}</p> }
        })
    }
}

#[component]
fn Leave(acting: Acting) -> impl IntoView {
    view! {
        <p class="card-lede">
            "The validator leaves with the end of this epoch. What is staked with it stays where it is and earns nothing more; everybody can withdraw."
        </p>
        <div class="buttons">
            <Button
                rank=Rank::Danger
                busy=acting.busy()
                disabled=Signal::derive(move || !acting.possible())
                on_press=move || acting.prepare(ValidatorAct::Leave)
                testid="leave-review"
            >
                "Review leaving"
            </Button>
        </div>
    }
}
