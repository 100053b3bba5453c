//! What must happen with this wallet's models, and when.

use super::own::Own;
use crate::context::Context;
use crate::refusal::Refusal;
use bridge::models::{CalendarEntry, CalendarItem};
use std::rc::Rc;
use wasm_core::ports::Chain as _;

/// Deadlines first, the nearest before others; then what happens by itself.
pub(super) async fn entries(context: &Rc<Context>) -> Result<Vec<CalendarEntry>, Refusal> {
    let own = Own::look(context).await?;
    let state = context.following.node().system_state().await?;
    let state = state.as_v1();
    let mut entries = Vec::new();
    for (id, model) in &state.model_registry.models {
        if !own.has(&model.owner()) {
            continue;
        }
        let published = own.publication(id);
        let entry = |what| CalendarEntry {
            model: *id,
            name: own.name(id),
            account: model.owner(),
            job: published.map(|published| published.job.clone()),
            what,
        };
        let deadline = model.deadline(*id, state.epoch, &state.parameters);
        entries.extend(deadline.map(CalendarItem::Deadline).map(entry));
        entries.extend(model.coming().into_iter().map(CalendarItem::Coming).map(entry));
    }
    entries.sort_by_key(|entry| match entry.what {
        CalendarItem::Deadline(deadline) => (0, deadline.last),
        CalendarItem::Coming(_) => (1, state.epoch),
    });
    Ok(entries)
}
