//! The page's questions about stakes, coins and other objects, each with the one answer that fits.

use crate::coins::{CoinsAct, Holdings};
use crate::late::Late;
use crate::page::{Bridge, Reviewed, reviewed, unexpected};
use crate::protocol::{Failure, Reply, Request};
use crate::stakes::{StakeAct, Stakes};

#[expect(
    clippy::missing_errors_doc,
    reason = "each fails as the worker says, or because it stopped"
)]
impl Bridge {
    /// Where stake can go, and what the selected account has staked.
    pub async fn stakes(&self) -> Result<Stakes, Failure> {
        self.ask(Request::Stakes, |reply| match reply {
            Reply::Stakes(stakes) => stakes.read(),
            _ => Err(unexpected()),
        })
        .await
    }

    /// Prepares an act with stakes.
    pub async fn prepare_stake_act(&self, act: StakeAct) -> Result<Reviewed, Failure> {
        self.ask(Request::PrepareStakeAct(Late::new(&act)), reviewed).await
    }

    /// Everything that the selected account owns.
    pub async fn holdings(&self) -> Result<Holdings, Failure> {
        self.ask(Request::Holdings, |reply| match reply {
            Reply::Holdings(holdings) => holdings.read(),
            _ => Err(unexpected()),
        })
        .await
    }

    /// Prepares an act with several coins or objects.
    pub async fn prepare_coins_act(&self, act: CoinsAct) -> Result<Reviewed, Failure> {
        self.ask(Request::PrepareCoinsAct(Late::new(&act)), reviewed).await
    }
}
