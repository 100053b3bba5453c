//! Everything the account did and received on this network.

use crate::components::card::Card;
use crate::components::empty::Empty;
use crate::components::icon::Icon;
use crate::parts::activity_list::ActivityList;
use crate::parts::answer::{Answer, use_told};
use crate::parts::page::Page;
use leptos::prelude::*;

/// Everything the account did and received.
#[component]
pub(crate) fn ActivityPage() -> impl IntoView {
    let activity = use_told(|bridge| async move { bridge.activity().await });
    view! {
        <Page title="Activity".to_owned() lede="What this account did and received on this network, newest first.".to_owned()>
            <Card>
                <Answer told=activity lines=6 let:entries>
                    {if entries.is_empty() {
                        view! {
                            <Empty
                                icon=Icon::Activity
                                title="Nothing happened yet"
                                hint="What you send, receive and publish is listed here."
                            />
                        }
                            .into_any()
                    } else {
                        view! { <ActivityList entries /> }.into_any()
                    }}
                </Answer>
            </Card>
        </Page>
    }
}
