//! What would come of a placement.

use super::super::words::part;
use super::draft::Draft;
use crate::components::card::Card;
use crate::components::copy::CopyButton;
use crate::components::disclosure::Disclosure;
use crate::components::icon::{Icon, Pictogram};
use crate::languages::{t, t_n, t_view};
use crate::parts::amount::Amount;
use crate::parts::places::PlaceLink;
use crate::say;
use bridge::explore::Place;
use bridge::models::{Draws, Outlook, Plan, Rival};
use leptos::prelude::*;
use leptos_router::components::A;
use wasm_core::amount::Shannons;

/// The count, other stakes, and the others.
#[component]
pub(super) fn Outcome(plan: Plan, draft: Draft) -> impl IntoView {
    let open = plan.outlook.open;
    let stake = untrack(|| draft.stake_read()).unwrap_or_default();
    let mut stakes = plan.by_stake;
    stakes.push((stake, plan.outlook));
    stakes.sort_by_key(|(stake, _)| *stake);
    view! {
        <Card title=t!("What would come of it") testid="plan-outcome">
            <p class="plan-count">
                {drawing(&open, plan.more_targets)}
            </p>
            <p>{t_view!(
                "Together they pay {reward} to those who fill them, about half of it to the winning model's owner.",
                reward = view! { <Amount amount=open.reward testid="plan-reward" /> }
            )}</p>
            <p data-testid="plan-chance">
                {t!("Of targets drawn at random, as each epoch brings new ones, it would be drawn by {chance}.", chance = share(&plan.outlook.chance))}
            </p>
            <p class="field-hint">
                {t!("Being drawn is not winning: of the {per_target} models that a target draws, the one that foretells the data best wins.", per_target = say::count(plan.per_target))}
            </p>
            <table class="models-table" data-testid="plan-stakes">
                <thead><tr><th scope="col">{t!("Stake")}</th><th scope="col">{t!("Open targets")}</th><th scope="col">{t!("At random")}</th></tr></thead>
                <tbody>
                    {stakes.into_iter().map(|(of, outlook)| view! { <StakeRow stake=of outlook chosen={of == stake} /> }).collect_view()}
                </tbody>
            </table>
            <Disclosure summary=t_n!(plan.rivals.len() as u64, "The {n} model that competes now", "The {n} models that compete now") testid="plan-rivals">
                <ul class="stakes">
                    {plan.rivals.into_iter().map(|rival| view! { <RivalLine rival /> }).collect_view()}
                </ul>
            </Disclosure>
            <div class="buttons">
                <CopyButton text=untrack(|| draft.numbers.get()) what=t!("numbers of the position") />
                <A href="/models/publish" attr:class="button button-secondary">
                    <Pictogram icon=Icon::Plus />
                    {t!("Publish a model")}
                </A>
            </div>
        </Card>
    }
}

/// How many of the open targets would draw the model.
fn drawing(open: &Draws, more: bool) -> Vec<AnyView> {
    let drawn = view! { <b data-testid="plan-drawn">{say::count(open.drawn as u64)}</b> };
    let all = say::count(open.targets as u64);
    if more {
        t_view!(
            "{drawn} of {all} open targets would draw it (more are open than were looked at)",
            drawn = drawn,
            all = all
        )
    } else {
        t_view!("{drawn} of {all} open targets would draw it", drawn = drawn, all = all)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a share for the eye")]
fn share(draws: &Draws) -> String {
    if draws.targets == 0 {
        t!("none").to_owned()
    } else {
        part(draws.drawn as f64 / draws.targets as f64)
    }
}

#[component]
fn StakeRow(stake: Shannons, outlook: Outlook, chosen: bool) -> impl IntoView {
    view! {
        <tr class:models-own=chosen data-testid="plan-stake-row" data-drawn=outlook.open.drawn.to_string()>
            <th scope="row"><Amount amount=stake /></th>
            <td data-label=t!("Open targets")>{say::count(outlook.open.drawn as u64)}</td>
            <td data-label=t!("At random")>{share(&outlook.chance)}</td>
        </tr>
    }
}

#[component]
fn RivalLine(rival: Rival) -> impl IntoView {
    view! {
        <li class="stake">
            <span class="cell-lines">
                <PlaceLink place=Place::Model(rival.id) bare=true />
                <span class="cell-more"><Amount amount=rival.stake /></span>
            </span>
            <span>{t!("{open} open, {chance} at random", open = say::count(rival.outlook.open.drawn as u64), chance = share(&rival.outlook.chance))}</span>
        </li>
    }
}
