//! What can be done with a model: stake, commission, new weights, retirement, reports.

use super::super::deed::Deed;
use crate::components::button::{Button, Rank};
use crate::components::card::Card;
use crate::components::disclosure::Disclosure;
use crate::components::field::{Field, Typing};
use crate::components::icon::{Icon, Pictogram};
use crate::languages::{t, typed_number};
use crate::say;
use bridge::models::{ModelAct, ModelDetail, Standing};
use bridge::wallet::SendAmount;
use leptos::prelude::*;
use leptos_router::components::A;
use wasm_core::address::ModelId;
use wasm_core::amount::Shannons;
use wasm_core::rate::parse_percent;

/// Everything that the account in use can do.
#[component]
pub(super) fn ActsCard(id: ModelId, detail: Memo<ModelDetail>, deed: Deed) -> impl IntoView {
    let standing = Memo::new(move |_| detail.read().row.standing);
    let mine = Memo::new(move |_| detail.read().is_mine);
    let validator = Memo::new(move |_| detail.read().is_validator);
    let active = move || matches!(standing.get(), Standing::Active { .. });
    // A model that missed its first deadline takes no stakes.
    let stakeable =
        move || standing.get() != Standing::Inactive && detail.read().pool.ended.is_none();
    view! {
        <Card title=t!("What you can do") testid="model-acts">
            <div class="acts">
                {move || stakeable().then(|| view! { <StakeForm id deed /> })}
                {move || (mine.get() && active()).then(|| view! { <CommissionForm id detail deed /> })}
                {move || (mine.get() && active()).then(|| view! { <NewWeights id /> })}
                {move || (mine.get() && active()).then(|| view! { <Retire id deed /> })}
                {move || (validator.get() && active()).then(|| view! { <Report id detail deed /> })}
                {move || (!stakeable() && !validator.get()).then(|| view! {
                    <p class="field-hint">{t!("This model takes no stake any more. What is staked can be taken back below.")}</p>
                })}
            </div>
        </Card>
    }
}

#[component]
fn StakeForm(id: ModelId, deed: Deed) -> impl IntoView {
    let (amount, tried) = (RwSignal::new(String::new()), RwSignal::new(false));
    let read = move || match typed_number(&amount.read()).parse::<Shannons>() {
        Ok(Shannons::ZERO) => Err(t!("enter more than nothing").to_owned()),
        Ok(amount) => Ok(amount),
        Err(error) => Err(error.to_string()),
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        if let Ok(amount) = untrack(read) {
            deed.prepare(ModelAct::Stake { model: id, amount: SendAmount::Exact(amount) });
        }
    };
    view! {
        <form class="form act" on:submit=submit novalidate>
            <Field
                label=t!("Stake with this model").to_owned()
                value=amount
                typing=Typing::Decimal
                suffix="SOMA"
                hint=t!("Stake brings it nearer to all targets. It earns nothing by itself, and is lost in part where the \
                    model is slashed. It can be taken back.")
                    .to_owned()
                error=Signal::derive(move || read().err())
                tried
                testid="stake-amount"
            />
            <div class="buttons">
                <Button
                    icon=Icon::ArrowRight
                    submit=true
                    busy=Signal::derive(move || deed.prepares(|act| matches!(act, ModelAct::Stake { .. })))
                    disabled=Signal::derive(move || deed.unready())
                    testid="stake-review"
                >
                    {t!("Review the stake")}
                </Button>
            </div>
        </form>
    }
}

#[component]
fn CommissionForm(id: ModelId, detail: Memo<ModelDetail>, deed: Deed) -> impl IntoView {
    let next = detail.read_untracked().row.next_commission_bps;
    let (percent, tried) = (
        RwSignal::new(say::rate(next).trim_end_matches('%').trim_end().to_owned()),
        RwSignal::new(false),
    );
    let read = move || {
        let bps =
            parse_percent(&typed_number(&percent.read())).map_err(|error| error.to_string())?;
        if bps == detail.read().row.next_commission_bps {
            return Err(t!("this is the commission already").to_owned());
        }
        Ok(bps)
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        if let Ok(commission_bps) = untrack(read) {
            deed.prepare(ModelAct::SetCommission { model: id, commission_bps });
        }
    };
    view! {
        <form class="form act" on:submit=submit novalidate>
            <Field
                label=t!("Commission").to_owned()
                value=percent
                typing=Typing::Decimal
                suffix="%"
                hint=t!("From the next epoch on.").to_owned()
                error=Signal::derive(move || read().err())
                tried
                testid="commission-percent"
            />
            <div class="buttons">
                <Button
                    icon=Icon::ArrowRight
                    submit=true
                    busy=Signal::derive(move || deed.prepares(|act| matches!(act, ModelAct::SetCommission { .. })))
                    disabled=Signal::derive(move || deed.unready())
                    testid="commission-review"
                >
                    {t!("Review the change")}
                </Button>
            </div>
        </form>
    }
}

#[component]
fn NewWeights(id: ModelId) -> impl IntoView {
    view! {
        <div class="act">
            <p class="act-name">{t!("New weights")}</p>
            <p class="field-hint">{t!("Published like the first ones: committed in one epoch, revealed in the next. Until then the present ones serve.")}</p>
            <div class="buttons">
                <A href=format!("/models/publish?model={id}") attr:class="button button-secondary" attr:data-testid="update-model">
                    <Pictogram icon=Icon::Upload />
                    {t!("Publish new weights")}
                </A>
            </div>
        </div>
    }
}

#[component]
fn Retire(id: ModelId, deed: Deed) -> impl IntoView {
    view! {
        <Disclosure summary=t!("Take it out of service") testid="retire">
            <p>{t!("For good, and at once: it is drawn for no target any more and can never be active again. Stakes can be taken back.")}</p>
            <div class="buttons">
                <Button
                    rank=Rank::Danger
                    icon=Icon::Cross
                    busy=Signal::derive(move || deed.prepares(|act| matches!(act, ModelAct::Deactivate(_))))
                    disabled=Signal::derive(move || deed.unready())
                    on_press=move || deed.prepare(ModelAct::Deactivate(id))
                    testid="retire-review"
                >
                    {t!("Review taking it out of service")}
                </Button>
            </div>
        </Disclosure>
    }
}

#[component]
fn Report(id: ModelId, detail: Memo<ModelDetail>, deed: Deed) -> impl IntoView {
    let reported = Memo::new(move |_| {
        let detail = detail.read();
        detail.reporters.contains(&detail.account)
    });
    view! {
        <div class="act">
            <p class="act-name">{t!("As a validator")}</p>
            <p class="field-hint">{t!("A model reported by two thirds of all voting power when the epoch ends loses most of its stake and goes out of service.")}</p>
            <div class="buttons">
                {move || {
                    let (words, act) = if reported.get() {
                        (t!("Review taking the report back"), ModelAct::UndoReport(id))
                    } else {
                        (t!("Review a report"), ModelAct::Report(id))
                    };
                    view! {
                        <Button
                            icon=Icon::Caution
                            disabled=Signal::derive(move || deed.unready())
                            on_press=move || deed.prepare(act)
                            testid="report-review"
                        >
                            {words}
                        </Button>
                    }
                }}
            </div>
        </div>
    }
}
