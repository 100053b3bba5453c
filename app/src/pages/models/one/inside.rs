//! The header of decrypted weights: which model they hold, tensor by tensor.

use crate::components::banner::{Banner, Tone};
use crate::components::disclosure::Disclosure;
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::languages::{t, t_n, told};
use crate::say;
use bridge::models::{TensorRow, WeightsInside};
use leptos::prelude::*;

/// Sizes, and the table of tensors.
#[component]
pub(super) fn Inside(inside: WeightsInside) -> impl IntoView {
    let (count, shown) = (inside.count, inside.tensors.len() as u64);
    let parameters = say::count(inside.parameters);
    view! {
        {match inside.architecture {
            Ok(sizes) => view! {
                <KeyValueList testid="weights-architecture">
                    <KeyValue label=t!("Layers")>{say::count(sizes.layers)}</KeyValue>
                    <KeyValue label=t!("Width")>{say::count(sizes.width)}</KeyValue>
                    <KeyValue label=t!("Attention heads")>{say::count(sizes.heads)}</KeyValue>
                    <KeyValue label=t!("Inner width")>{say::count(sizes.inner)}</KeyValue>
                    <KeyValue label=t!("Parameters")>{parameters}</KeyValue>
                </KeyValueList>
            }
            .into_any(),
            Err(why) => view! {
                <Banner tone=Tone::Danger what=t!("These weights hold no model that can be scored.").to_owned() next=told(&why) testid="weights-no-model" />
            }
            .into_any(),
        }}
        <Disclosure summary=t_n!(count, "{n} tensor", "{n} tensors") testid="weights-tensors">
            <div class="tensors" tabindex="0" role="region" aria-label=t!("Tensors of the file")>
                <table>
                    <thead><tr><th scope="col">{t!("Tensor")}</th><th scope="col">{t!("Type")}</th><th scope="col">{t!("Shape")}</th><th scope="col">{t!("Bytes")}</th></tr></thead>
                    <tbody>{inside.tensors.into_iter().map(|tensor| view! { <Tensor tensor /> }).collect_view()}</tbody>
                </table>
            </div>
            {(count > shown).then(|| view! { <p class="field-hint">{t!("The first {shown} are listed.", shown = say::count(shown))}</p> })}
        </Disclosure>
    }
}

#[component]
fn Tensor(tensor: TensorRow) -> impl IntoView {
    let shape = tensor.shape.iter().map(ToString::to_string).collect::<Vec<_>>().join(" × ");
    view! {
        <tr data-testid="weights-tensor">
            <th scope="row"><code>{tensor.name}</code></th>
            <td>{tensor.dtype}</td>
            <td>{shape}</td>
            <td>{say::count(tensor.bytes)}</td>
        </tr>
    }
}
