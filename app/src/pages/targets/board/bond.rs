//! What a submission puts at stake: a bond for each byte of data.

use super::window::Board;
use crate::components::card::Card;
use crate::components::field::{Field, Typing};
use crate::components::file_drop::FileDrop;
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::languages::{t, typed_number};
use crate::parts::amount::Amount;
use crate::say;
use leptos::prelude::*;

/// The bond for a file of some size, typed or chosen.
#[component]
pub(super) fn BondCard(board: Board) -> impl IntoView {
    let size = RwSignal::new("1000".to_owned());
    let terms = Memo::new(move |_| board.overview().terms);
    let read = move || typed_number(size.read().trim()).replace(',', "").parse::<u64>();
    let error = move || {
        let terms = terms.get()?;
        match read() {
            Err(_) => Some(t!("a whole number of bytes").to_owned()),
            Ok(size) if terms.bond(size).is_none() => Some(t!(
                "the network takes at most {most} bytes",
                most = say::count(terms.largest_data)
            )),
            Ok(_) => None,
        }
    };
    let bond = move || terms.get()?.bond(read().ok()?);
    view! {
        <Card title=t!("What a submission puts at stake") testid="bond">
            <p class="card-lede">
                {t!("Every byte of submitted data needs a bond. It comes back with the reward once the target is settled, and is \
                lost only where validators of two thirds of the voting power report the data as dishonest.")}
            </p>
            <div class="form">
                <Field
                    label=t!("Bytes of data").to_owned()
                    value=size
                    typing=Typing::Decimal
                    error=Signal::derive(error)
                    tried=Signal::stored(true)
                    testid="bond-size"
                />
                <FileDrop
                    label=Signal::stored(t!("Or choose a file, to take its size").to_owned())
                    on_file=move |file: web_sys::File| size.set(format!("{:.0}", file.size()))
                    testid="bond-file"
                />
            </div>
            <KeyValueList>
                <KeyValue label=t!("Bond")>
                    {move || bond().map(|bond| view! { <b class="total"><Amount amount=bond testid="bond-amount" /></b> })}
                </KeyValue>
                <KeyValue label=t!("For each byte")>
                    {move || terms.get().map(|terms| view! { <Amount amount=terms.bond_per_byte /> })}
                </KeyValue>
                <KeyValue label=t!("Most data")>{move || terms.get().map(|terms| say::bytes(terms.largest_data))}</KeyValue>
            </KeyValueList>
        </Card>
    }
}
