//! The pool of a model's stakes: what it holds, what a share is worth, and the account's own stakes.

use super::super::deed::Deed;
use crate::chart::{Point, Shape};
use crate::components::button::Button;
use crate::components::card::Card;
use crate::components::chart::{Chart, Subject};
use crate::components::copy::CopyButton;
use crate::components::icon::Icon;
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::languages::t;
use crate::parts::amount::Amount;
use crate::say;
use bridge::models::{ModelAct, ModelDetail, OwnStake, PoolPoint, PoolView};
use leptos::prelude::*;
use wasm_core::amount::Shannons;

fn history() -> Subject {
    Subject {
        title: t!("The pool as epochs began"),
        unit: "SOMA",
        across: t!("Epoch"),
        shape: Shape::Bars,
        file: "model-pool",
    }
}

/// What is in the pool, and whose of it is the account's.
#[component]
pub(super) fn PoolCard(detail: Memo<ModelDetail>, deed: Deed) -> impl IntoView {
    let pool = Memo::new(move |_| detail.read().pool.clone());
    let stakes = Memo::new(move |_| detail.read().own_stakes.clone());
    let points = Memo::new(move |_| pool.read().history.iter().map(point).collect::<Vec<Point>>());
    let tick = |shannons: u128| say::amount(Shannons(u64::try_from(shannons).unwrap_or(u64::MAX)));
    view! {
        <Card title=t!("Stakes") testid="model-pool">
            {move || view! { <Facts pool=pool.get() /> }}
            <OwnStakes stakes deed />
            {move || {
                (points.read().len() > 1)
                    .then(|| view! { <Chart subject=history() points tick /> })
            }}
        </Card>
    }
}

fn point(at: &PoolPoint) -> Point {
    Point {
        label: say::count(at.epoch),
        at: at.epoch.to_string(),
        value: Some(u128::from(at.balance.0)),
        words: t!("{amount} SOMA", amount = say::amount(at.balance)),
        exact: at.balance.to_string(),
    }
}

#[component]
fn Facts(pool: PoolView) -> impl IntoView {
    let since = match (pool.active_since, pool.ended) {
        (None, None) => t!("Not yet: the model was never revealed").to_owned(),
        (Some(since), None) => t!("Since epoch {epoch}", epoch = say::count(since)),
        (_, Some(ended)) => t!("Until epoch {epoch}", epoch = say::count(ended)),
    };
    let (worth, id) = (rate(&pool), pool.id.to_string());
    let (balance, joining, leaving) = (pool.balance, pool.joining, pool.leaving);
    view! {
        <KeyValueList>
            <KeyValue label=t!("In the pool")><Amount amount=balance testid="pool-balance" /></KeyValue>
            <KeyValue label=t!("A share is worth") testid="pool-rate">{worth}</KeyValue>
            <KeyValue label=t!("Counts")>{since}</KeyValue>
            {(joining > Shannons::ZERO)
                .then(|| view! { <KeyValue label=t!("Joins with the next epoch")><Amount amount=joining /></KeyValue> })}
            {(leaving > Shannons::ZERO)
                .then(|| view! { <KeyValue label=t!("Leaves with the next epoch")><Amount amount=leaving /></KeyValue> })}
            <KeyValue label=t!("Pool")>
                <span class="digest"><code>{id.clone()}</code><CopyButton text=id what=t!("id") /></span>
            </KeyValue>
        </KeyValueList>
        <p class="field-hint">
            {t!("Pools of models earn nothing on chain: rewards for a won target go to the model's owner. Stake only brings a \
            model nearer to targets, and a share is worth less once the pool was slashed.")}
        </p>
    }
}

/// What a share is worth, to nine digits.
fn rate(pool: &PoolView) -> String {
    let scaled = u128::from(pool.balance.0) * u128::from(Shannons::PER_SOMA);
    match scaled.checked_div(u128::from(pool.shares)) {
        Some(worth) => {
            t!(
                "{amount} SOMA",
                amount = say::amount(Shannons(u64::try_from(worth).unwrap_or(u64::MAX)))
            )
        }
        None => t!("1 SOMA, as nothing is in it").to_owned(),
    }
}

#[component]
fn OwnStakes(stakes: Memo<Vec<OwnStake>>, deed: Deed) -> impl IntoView {
    move || {
        let stakes = stakes.get();
        (!stakes.is_empty()).then(|| {
            view! {
                <section class="own-stakes" data-testid="own-stakes">
                    <h3 class="act-name">{t!("Your stakes in it")}</h3>
                    <ul class="stakes">
                        {stakes.into_iter().map(|stake| view! { <Stake stake deed /> }).collect_view()}
                    </ul>
                </section>
            }
        })
    }
}

#[component]
fn Stake(stake: OwnStake, deed: Deed) -> impl IntoView {
    view! {
        <li class="stake" data-testid="own-stake" data-stake=stake.id.to_string()>
            <span class="cell-lines">
                <Amount amount=stake.principal />
                <span class="cell-more">
                    {t!("counts from epoch {epoch}, brings {amount} SOMA now", epoch = say::count(stake.counts_from), amount = say::amount(stake.value))}
                </span>
            </span>
            <Button
                icon=Icon::Download
                disabled=Signal::derive(move || deed.unready())
                on_press=move || deed.prepare(ModelAct::Withdraw(stake.id))
                testid="withdraw-review"
            >
                {t!("Take it back")}
            </Button>
        </li>
    }
}
