//! A transaction in words, as a plain object.

use crate::object::object;
use js_sys::{Array, BigInt};
use wasm_bindgen::JsValue;
use wasm_core::amount::Shannons;
use wasm_core::describe::{Description, PointValue};

/// `{ headline, points: [{ label, type, value }] }`, where money, rates, epochs and sizes are `bigint`.
pub(crate) fn words(description: &Description) -> JsValue {
    let points = Array::new();
    for point in &description.points {
        let (kind, value) = value(&point.value);
        points.push(&object(&[
            ("label", point.label.as_str().into()),
            ("type", kind.into()),
            ("value", value),
        ]));
    }
    object(&[("headline", description.headline.as_str().into()), ("points", points.into())])
}

fn value(value: &PointValue) -> (&'static str, JsValue) {
    let number = |number: &u64| JsValue::from(BigInt::from(*number));
    match value {
        PointValue::Amount(Shannons(amount)) => ("amount", number(amount)),
        PointValue::Address(address) => ("address", address.to_string().into()),
        PointValue::Payment { amount: Shannons(amount), recipient } => {
            let fields = [("amount", number(amount)), ("recipient", recipient.to_string().into())];
            ("payment", object(&fields))
        }
        PointValue::Object(id) => ("object", id.to_string().into()),
        PointValue::Objects(ids) => {
            let ids: Array = ids.iter().map(|id| JsValue::from(id.to_string())).collect();
            ("objects", ids.into())
        }
        PointValue::Rate(bps) => ("rate", number(bps)),
        PointValue::Epoch(epoch) => ("epoch", number(epoch)),
        PointValue::Bytes(bytes) => ("bytes", number(bytes)),
        PointValue::Digest(text) => ("digest", text.as_str().into()),
        PointValue::Url(text) => ("url", text.as_str().into()),
        PointValue::Text(text) => ("text", text.as_str().into()),
    }
}
