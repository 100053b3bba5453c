//! The files held against the ground: brought up to date with what was scored whenever it is asked for.

use super::super::telling::Rhythm;
use super::Matching;
use super::ground::{self, Ground};
use super::kept::KeptFile;
use crate::refusal::Refusal;
use bridge::matching::{
    ChosenMatch, GroundView, MOST_ROWS, MatchQuery, MatchRow, MatchTable, QueueState,
};
use bridge::network::Network;
use browser::clock::now_ms;
use browser::file;
use std::ops::Range;
use wasm_core::address::{Address, TargetId};
use wasm_core::digest::Checksum;
use wasm_core::matching::{Contender, Direction, Pair, PairQuery, Table};
use wasm_core::score::Batching;
use wasm_core::score::competition::noise;
use web_sys::File;

/// The most values of files' embeddings that are in memory at once: 32 MiB. More come by in turn.
const MOST_VALUES: usize = 8 << 20;
/// Files that are compared with a piece of the ground before messages have their turn.
const AT_ONCE: usize = 32;

/// What files are held against, and what came of it.
pub(super) struct Held {
    ground: Ground,
    table: Table,
}

/// Asks the network for its open targets, and forgets those that were asked for before.
pub(super) async fn compare(
    matching: &Matching,
    network: &Network,
    account: Address,
) -> Result<GroundView, Refusal> {
    let mut held = matching.held.lock().await;
    // Two of them would take twice the room, and one file.
    *held = None;
    let ground = Ground::ask(network, account).await?;
    let view = ground.view();
    let mut kept = matching.kept().await?;
    if *kept.state() != QueueState::Running {
        // Models whose weights are others by now count as not scored.
        let now = ground.weights().into_iter().filter_map(|(id, weights)| Some((id, weights?)));
        kept.refresh(&now.collect()).await?;
    }
    *held = Some(Held { ground, table: Table::default() });
    Ok(view)
}

/// A window of the table.
pub(super) async fn window(
    matching: &Matching,
    query: &MatchQuery,
    from: usize,
    count: usize,
) -> Result<MatchTable, Refusal> {
    let mut held = matching.held.lock().await;
    let held = held.as_mut().ok_or_else(not_compared)?;
    held.bring_up_to_date(matching).await?;
    let Held { ground, table } = held;
    let kept = matching.kept().await?;
    let empty = MatchTable {
        passing: table.passing(),
        targets: table.targets(),
        from,
        ..MatchTable::default()
    };
    // A file or target that is gone has no rows.
    let place =
        |given: bool, found: Option<usize>| if given { found.map(Some) } else { Some(None) };
    let file = place(query.data.is_some(), query.data.and_then(|data| table.find(data)));
    let target = query.target.and_then(|target| ground.targets.find(target));
    let target = place(query.target.is_some(), target);
    let (Some(file), Some(target)) = (file, target) else { return Ok(empty) };
    let query = PairQuery { file, target, passing: query.passing, order: query.order };
    let (total, pairs) = table.window(&ground.targets, &query, from, count.min(MOST_ROWS));
    // One that was removed in this moment is shown no more.
    let rows = pairs.iter().filter_map(|pair| {
        let file = kept.file(table.data(pair.file)?)?;
        Some(row(file, ground, pair))
    });
    Ok(MatchTable { total, rows: rows.collect(), ..empty })
}

/// What a submission needs of a pair, with its data.
pub(super) async fn choose(
    matching: &Matching,
    data: Checksum,
    target: TargetId,
) -> Result<(ChosenMatch, File), Refusal> {
    let mut held = matching.held.lock().await;
    let held = held.as_mut().ok_or_else(not_compared)?;
    held.bring_up_to_date(matching).await?;
    let Held { ground, table } = held;
    let pair = (|| {
        let (file, target) = (table.find(data)?, ground.targets.find(target)?);
        table.pair(&ground.targets, file, target)
    })();
    let Some(pair) = pair else {
        return Err(Refusal::new(
            "match/no-pair",
            "This file and this target are not compared any more.",
            "Compare again, and choose from the table.",
        ));
    };
    let kept = matching.kept().await?;
    let model = ground.targets.models()[pair.winner];
    let scored = model.weights.and_then(|(weights, _)| kept.book.get(data, model.id, weights));
    let scored = scored.ok_or_else(|| super::gone(data))?;
    let embedding = kept.embedding(&scored).await?;
    let numbers = [pair.distance, pair.loss];
    if numbers.iter().chain(&embedding).any(|number| !number.is_finite()) {
        return Err(Refusal::new(
            "match/no-number",
            "What the winning model made of this file is no finite number, which the network takes for nothing.",
            "Choose another pair.",
        ));
    }
    let name = kept.file(data).map(|file| file.name.clone()).unwrap_or_default();
    let (_, bytes) = kept.bytes(data).await?;
    let chosen = ChosenMatch {
        target,
        data,
        model: model.id,
        embedding,
        distance: pair.distance,
        loss: pair.loss,
    };
    Ok((chosen, file::of_bytes(&name, &bytes)?))
}

fn not_compared() -> Refusal {
    Refusal::new(
        "match/no-ground",
        "The open targets have not been asked for since this page was opened.",
        "Compare with them first.",
    )
}

fn row(file: &KeptFile, ground: &Ground, pair: &Pair) -> MatchRow {
    let target = ground.targets.targets()[pair.target];
    let pay = ground.targets.pay(pair.target, pair.winner);
    let finite = |number: f32| Some(number).filter(|it| it.is_finite());
    MatchRow {
        data: file.checksum,
        name: file.name.clone(),
        target: target.id,
        winner: ground.targets.models()[pair.winner].id,
        loss: finite(pair.loss),
        margin: pair.margin.and_then(finite),
        noise: noise(usize::try_from(file.size).unwrap_or(usize::MAX), Batching::V1),
        distance: finite(pair.distance),
        threshold: target.threshold,
        reward: target.reward,
        paid: pay.paid,
        bond: ground.terms.bond(file.size),
        fees: pay.fees,
    }
}

impl Held {
    /// Compares what was scored since.
    async fn bring_up_to_date(&mut self, matching: &Matching) -> Result<(), Refusal> {
        let weights = self.ground.weights();
        let wanted = {
            let kept = matching.kept().await?;
            let losses = |data: Checksum| {
                let loss = |(model, weights): &(_, Option<Checksum>)| {
                    kept.book.get(data, *model, (*weights)?).map(|scored| scored.loss)
                };
                (data, weights.iter().map(loss).collect())
            };
            let files = kept.checksums().into_iter().map(losses).collect();
            self.table.set_files(&self.ground.targets, files);
            self.table.wanted(&self.ground.targets)
        };
        let mut wanted = &wanted[..];
        while !wanted.is_empty() {
            let (mut contenders, mut values) = (Vec::new(), 0);
            while let [(file, models), rest @ ..] = wanted
                && values < MOST_VALUES
            {
                wanted = rest;
                let contender = self.contender(matching, *file, models).await?;
                // One that was removed meanwhile is compared no more.
                let Some(contender) = contender else { continue };
                values += models.len() * self.ground.targets.dimension();
                contenders.push(contender);
            }
            self.compare(&contenders).await?;
        }
        Ok(())
    }

    async fn contender(
        &self,
        matching: &Matching,
        file: usize,
        models: &[usize],
    ) -> Result<Option<Contender>, Refusal> {
        let kept = matching.kept().await?;
        let all = self.ground.targets.models();
        let Some(data) = self.table.data(file) else { return Ok(None) };
        let mut embeddings = vec![None; all.len()];
        for &model in models {
            let Some((weights, _)) = all[model].weights else { continue };
            let Some(scored) = kept.book.get(data, all[model].id, weights) else {
                return Ok(None);
            };
            embeddings[model] = Some(Direction::new(kept.embedding(&scored).await?));
        }
        Ok(Some(Contender { file, embeddings }))
    }

    /// Compares files with all of the ground, a piece of it at a time.
    async fn compare(&mut self, contenders: &[Contender]) -> Result<(), Refusal> {
        let (mut rhythm, mut values) = (Rhythm::new(), Vec::new());
        let count = self.ground.targets.targets().len();
        for first in (0..count).step_by(ground::PIECE) {
            let places: Range<usize> = first..count.min(first + ground::PIECE);
            if !self.table.wants(&self.ground.targets, contenders, places) {
                continue;
            }
            self.ground.piece(first, &mut values)?;
            for some in contenders.chunks(AT_ONCE) {
                self.table.compare(&self.ground.targets, some, first, &values);
                rhythm.turn(now_ms()).await;
            }
        }
        self.table.compared(contenders);
        Ok(())
    }
}
