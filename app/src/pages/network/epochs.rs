//! What past epochs came to, as charts and as a file.

use crate::chart::Shape;
use crate::components::button::{Button, Rank};
use crate::components::card::Card;
use crate::components::chart::{Chart, Subject};
use crate::components::icon::Icon;
use crate::components::skeleton::Skeleton;
use crate::components::toast::use_notices;
use crate::files::save_text;
use crate::languages::t;
use crate::measures::{Measure, csv_of_epochs, of_epochs};
use crate::network_life::{Asked, NetworkLife, asked_network, use_network_life};
use crate::parts::failure::FailureBanner;
use crate::session::{Session, use_session};
use bridge::protocol::Failure;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::BTreeMap;
use wasm_core::network::EpochPoint;

/// Epochs asked for at once.
const AT_ONCE: u64 = 16;

/// Epochs that are known, by number.
#[derive(Clone, Copy)]
struct History {
    session: Session,
    known: RwSignal<BTreeMap<u64, EpochPoint>>,
    /// Questions under way.
    open: RwSignal<usize>,
    failure: RwSignal<Option<Failure>>,
}

impl History {
    /// Asks for epochs as they begin, and begins anew with another network.
    fn keep(session: Session) -> Self {
        let history = Self {
            session,
            known: RwSignal::new(BTreeMap::new()),
            open: RwSignal::new(0),
            failure: RwSignal::new(None),
        };
        let network = asked_network(session);
        let epoch = Memo::new(move |_| session.facts().map(|facts| facts.epoch));
        Effect::new(move |before: Option<Option<Asked>>| {
            let (network, epoch) = (network.get(), epoch.get());
            if before.as_ref() != Some(&network) {
                history.known.set(BTreeMap::new());
            }
            if let Some(epoch) = epoch {
                history.ask(epoch, history.untold(epoch));
            }
            network
        });
        history
    }

    /// How many epochs to ask for up to this one: those that have ended since are told anew, for now it is
    /// known what they came to. Several can end between two looks.
    fn untold(self, epoch: u64) -> u64 {
        let known = self.known.read_untracked();
        let unended = known.values().find(|point| point.end_ms.is_none()).map(|point| point.epoch);
        match unended {
            _ if known.is_empty() => AT_ONCE,
            Some(unended) => epoch.saturating_sub(unended) + 1,
            None => 2,
        }
    }

    fn ask(self, newest: u64, count: u64) {
        let chain = self.session.network.read_untracked().as_ref().and_then(chain_of);
        self.open.update(|open| *open += 1);
        self.failure.set(None);
        spawn_local(async move {
            let answer = self.session.bridge().epoch_history(newest, count).await;
            if self.open.try_update(|open| *open -= 1).is_none() {
                // The page was left meanwhile.
                return;
            }
            let now = self.session.network.read_untracked().as_ref().and_then(chain_of);
            match answer {
                // An answer of another network says nothing of this one.
                _ if now != chain => {}
                Ok(points) => self.known.update(|known| {
                    known.extend(points.into_iter().map(|one| (one.epoch, one)));
                }),
                Err(failure) => self.failure.set(Some(failure)),
            }
        });
    }

    fn oldest(self) -> Option<u64> {
        self.known.read().keys().next().copied()
    }

    fn earlier(self) {
        if let Some(before) = self.oldest().and_then(|oldest| oldest.checked_sub(1)) {
            self.ask(before, AT_ONCE);
        }
    }

    /// The epochs in their order, the present one as it is now.
    fn points(self, life: NetworkLife) -> Vec<EpochPoint> {
        let mut points: Vec<_> = self.known.read().values().cloned().collect();
        if let (Some(economy), Some(last)) = (life.economy_now(), points.last_mut())
            && last.epoch == economy.epoch
        {
            last.economy = economy;
        }
        points
    }
}

fn chain_of(
    status: &bridge::network::NetworkStatus,
) -> Option<wasm_core::digest::CheckpointDigest> {
    status.facts().map(|facts| facts.chain_id)
}

/// The charts, and a file of all their numbers.
#[component]
pub(super) fn EpochsCard() -> impl IntoView {
    let (session, life, notices) = (use_session(), use_network_life(), use_notices());
    let history = History::keep(session);
    let points = Memo::new(move |_| history.points(life));
    let save = move || {
        if save_text("epochs.csv", &csv_of_epochs(&points.read_untracked())).is_err() {
            notices.toast(t!("The browser did not save the file.").to_owned());
        }
    };
    let none = Memo::new(move |_| points.read().is_empty());
    let earlier = Memo::new(move |_| history.oldest().is_some_and(|oldest| oldest > 0));
    let again = move || {
        if let Some(facts) = session.facts() {
            history.ask(facts.epoch, AT_ONCE);
        }
    };
    let aside = move || {
        view! {
            <Button rank=Rank::Quiet icon=Icon::Download on_press=save testid="epochs-csv">{t!("All as CSV")}</Button>
        }
    };
    view! {
        <Card title=t!("Epoch by epoch") aside testid="epochs">
            <p class="card-lede">
                {t!("Each as it stood when the epoch began, the present one as it stands now. Transactions and fees are told once an epoch has ended.")}
            </p>
            {move || history.failure.get().map(|failure| view! { <FailureBanner failure on_retry=again /> })}
            {move || (none.get() && history.open.get() > 0).then(|| view! { <Skeleton lines=4 /> })}
            <div class="charts" hidden=none>
                {Measure::ALL
                    .into_iter()
                    .map(|measure| view! { <MeasureChart measure points /> })
                    .collect_view()}
            </div>
            {move || {
                earlier
                    .get()
                    .then(|| {
                        view! {
                            <div class="buttons">
                                <Button busy=Signal::derive(move || history.open.get() > 0) on_press=move || history.earlier() testid="epochs-earlier">
                                    {t!("Earlier epochs")}
                                </Button>
                            </div>
                        }
                    })
            }}
        </Card>
    }
}

#[component]
fn MeasureChart(measure: Measure, points: Memo<Vec<EpochPoint>>) -> impl IntoView {
    let life = use_network_life();
    let shape =
        if measure.adds_up() || measure == Measure::Hits { Shape::Bars } else { Shape::Line };
    let subject = Subject {
        title: measure.title(),
        unit: measure.unit(),
        across: t!("Epoch"),
        shape,
        file: measure.key(),
    };
    let drawn = Memo::new(move |_| of_epochs(&points.read(), measure));
    let goal = Memo::new(move |_| {
        let economy = life.economy_now()?;
        match measure {
            Measure::Hits => Some(u128::from(economy.hits_goal)),
            Measure::Fees => Some(u128::from(economy.fee_goal.0)),
            _ => None,
        }
    });
    let tick = Callback::new(move |(value,)| measure.tick(value));
    view! { <Chart subject points=drawn tick goal /> }
}
