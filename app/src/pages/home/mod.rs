//! What is there, how to be paid, what is under way, and what happened last.

mod balance;
mod receive;
mod this_network;

use crate::components::card::Card;
use crate::components::empty::Empty;
use crate::components::icon::Icon;
use crate::languages::t;
use crate::parts::activity_list::ActivityList;
use crate::parts::answer::{Answer, use_told};
use crate::parts::damaged::DamagedRecords;
use crate::parts::page::Page;
use crate::parts::publications::RunningPublications;
use bridge::activity::ActivityRequest;
use leptos::prelude::*;
use leptos_router::components::A;

/// Entries of the short list.
const RECENT: usize = 5;

/// The first page.
#[component]
pub(crate) fn HomePage() -> impl IntoView {
    view! {
        <Page title=t!("Home").to_owned()>
            <DamagedRecords />
            <div class="columns">
                <div class="column">
                    <balance::BalanceCard />
                    <RunningPublications />
                    <RecentActivity />
                </div>
                <div class="column">
                    <receive::ReceiveCard />
                    <this_network::ThisNetworkCard />
                </div>
            </div>
        </Page>
    }
}

#[component]
fn RecentActivity() -> impl IntoView {
    let activity = use_told(|bridge| async move { bridge.activity(ActivityRequest::View).await });
    view! {
        <Card
            title=t!("Recent activity")
            aside=|| view! { <A href="/activity" attr:data-testid="all-activity">{t!("All activity")}</A> }
            testid="recent-activity"
        >
            <Answer told=activity lines=4 let:activity>
                {if activity.entries.is_empty() {
                    view! {
                        <Empty
                            icon=Icon::Activity
                            title=t!("Nothing happened yet")
                            hint=t!("What you send, receive and publish is listed here.")
                        />
                    }
                        .into_any()
                } else {
                    let recent = activity.entries.into_iter().take(RECENT).collect::<Vec<_>>();
                    view! { <ActivityList entries=recent /> }.into_any()
                }}
            </Answer>
        </Card>
    }
}
