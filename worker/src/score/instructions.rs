//! Which build of a scoring worker is the fastest on this processor: found out once, and kept in this
//! browser for the next visit.

use browser::scorers::{Instructions, Verdict, Worth};
use browser::store::{Drawer, Store};
use serde::{Deserialize, Serialize};
use std::cell::Cell;

/// Where it is kept.
const KEY: &str = "instructions";

/// What was found out.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    /// By which browser: another version may compile the same program differently.
    browser: String,
    /// For which version of the wallet.
    wallet: String,
    /// What the fastest build is compiled for.
    instructions: Instructions,
}

impl Kept {
    fn of(instructions: Instructions) -> Self {
        let wallet = env!("CARGO_PKG_VERSION").to_owned();
        Self { browser: browser::version(), wallet, instructions }
    }

    /// Whether it says something of this browser and this wallet.
    fn holds(&self) -> bool {
        let Self { browser, wallet, instructions } = Self::of(self.instructions);
        self.browser == browser && self.wallet == wallet && instructions <= Instructions::best()
    }
}

/// What this worker knows of it.
#[derive(Debug, Default)]
pub(super) struct Fastest(Cell<Option<Instructions>>);

impl Fastest {
    /// What was found out before.
    pub(super) async fn known(&self) -> Option<Instructions> {
        if self.0.get().is_none() {
            // Without a store, and where what is there cannot be read, builds are tried anew.
            let store = Store::open(crate::serve::STORE).await.ok()?;
            let kept = store.load::<Kept>(Drawer::Settings, KEY).await.ok().flatten();
            self.0.set(kept.filter(Kept::holds).map(|kept| kept.instructions));
        }
        self.0.get()
    }

    /// What is known, or a trial tells. It takes part of a second. Where all took part, nothing else is chosen as long
    /// as this worker lives: the same files come to the same scores, to the last digit.
    pub(super) async fn choose(&self) -> Verdict {
        if let Some(known) = self.known().await {
            return Verdict::known(known);
        }
        let verdict = Verdict::find().await;
        if verdict.worth != Worth::Incomplete {
            self.0.set(Some(verdict.instructions));
        }
        if verdict.worth == Worth::Settled
            && let Ok(store) = Store::open(crate::serve::STORE).await
        {
            // Scoring is as right without it, and the next visit tries again.
            let _ = store.save(Drawer::Settings, KEY, &Kept::of(verdict.instructions)).await;
        }
        verdict
    }
}
