//! Following checkpoints across broken connections: each once, in order, none left out.

use super::Client;
use crate::codes;
use crate::transport::Carrier;
use futures::future::{Either, join_all, select};
use futures::{Stream, StreamExt};
use std::collections::VecDeque;
use std::pin::{Pin, pin};
use std::time::Duration;
use wasm_core::ports::{ChainError, Checkpoint};

/// Missed checkpoints asked for at once.
const AT_ONCE: u64 = 8;
/// Further behind than this, a stream would be dropped before it is read.
const FAR_BEHIND: u64 = 128;
/// After so long without a checkpoint, the node is asked whether there is none.
const SILENCE: Duration = Duration::from_secs(15);
/// Between two looks at a node that offers no stream.
const LOOK: Duration = Duration::from_secs(1);
/// Before the second attempt after a failure; doubled with each further one.
const PAUSE: Duration = Duration::from_millis(250);
const PAUSE_AT_MOST: Duration = Duration::from_secs(30);

type Live = Pin<Box<dyn Stream<Item = Result<Checkpoint, ChainError>>>>;

impl<T: Carrier> Client<T> {
    /// Every checkpoint from a number on, each once and in order, those that were missed asked for by
    /// their numbers.
    ///
    /// An error is an interruption, told so that a person can be told: the next item is waited for
    /// longer after each, and is again a checkpoint as soon as there is one. Only giving up ends the
    /// stream: by dropping it, or by the [`Cancel`](super::Cancel) of its client.
    pub fn follow_checkpoints(
        &self,
        from: u64,
    ) -> impl Stream<Item = Result<Checkpoint, ChainError>> + use<T> {
        let following = Following {
            client: self.clone(),
            next: from,
            behind_until: None,
            ready: VecDeque::new(),
            ahead: None,
            live: None,
            offers_streams: true,
            failures: 0,
        };
        futures::stream::unfold(Some(following), |following| async {
            let mut following = following?;
            let given_up = following.client.given_up();
            let item = match select(pin!(following.next()), given_up).await {
                Either::Left((Err(ChainError::Cancelled), _)) | Either::Right(_) => return None,
                Either::Left((item, _)) => item,
            };
            Some((item, Some(following)))
        })
        .fuse()
    }
}

struct Following<T> {
    client: Client<T>,
    /// The number to give next.
    next: u64,
    /// The newest number that the node is known to have; up to it, checkpoints are asked for.
    behind_until: Option<u64>,
    /// Those from `next` on that were asked for.
    ready: VecDeque<Checkpoint>,
    /// One of the stream that others must come before.
    ahead: Option<Checkpoint>,
    live: Option<Live>,
    offers_streams: bool,
    /// Failures since the last checkpoint.
    failures: u32,
}

impl<T: Carrier> Following<T> {
    /// The next checkpoint, or the failure that comes before it.
    async fn next(&mut self) -> Result<Checkpoint, ChainError> {
        if let Some(earlier) = self.failures.checked_sub(1) {
            let pause = PAUSE.saturating_mul(1 << earlier.min(10)).min(PAUSE_AT_MOST);
            self.client.sleep(pause).await;
        }
        let item = self.advance().await;
        match &item {
            Ok(_) => self.failures = 0,
            Err(_) => {
                self.failures = self.failures.saturating_add(1);
                // Whatever was heard may have been the failure: the node is asked anew.
                (self.live, self.ahead, self.behind_until) = (None, None, None);
            }
        }
        item
    }

    async fn advance(&mut self) -> Result<Checkpoint, ChainError> {
        loop {
            if let Some(checkpoint) = self.take_ready() {
                return Ok(checkpoint);
            }
            match self.behind_until {
                Some(newest) if newest >= self.next => self.catch_up(newest).await?,
                _ if self.live.is_some() => self.listen().await?,
                _ => self.connect().await?,
            }
        }
    }

    /// The next checkpoint, where it is at hand.
    fn take_ready(&mut self) -> Option<Checkpoint> {
        let checkpoint = match self.ready.pop_front() {
            Some(checkpoint) => checkpoint,
            None => self.ahead.take()?,
        };
        if checkpoint.sequence_number > self.next {
            self.behind_until = Some(checkpoint.sequence_number - 1);
            self.ahead = Some(checkpoint);
            return None;
        }
        // One that was asked for and came by the stream as well.
        if checkpoint.sequence_number < self.next {
            return None;
        }
        self.next = self.next.saturating_add(1);
        Some(checkpoint)
    }

    /// Asks for missed checkpoints by their numbers.
    async fn catch_up(&mut self, newest: u64) -> Result<(), ChainError> {
        let numbers = self.next..=newest.min(self.next.saturating_add(AT_ONCE - 1));
        let asked = numbers.map(|number| self.client.get_checkpoint(Some(number)));
        for (number, answer) in (self.next..).zip(join_all(asked).await) {
            match answer {
                Ok(Some(checkpoint)) => self.ready.push_back(checkpoint),
                // What came before the failure is given first; then it is asked for again.
                _ if !self.ready.is_empty() => return Ok(()),
                Ok(None) => {
                    return Err(ChainError::Refused {
                        code: codes::NOT_FOUND,
                        message: format!("the node does not have checkpoint {number}"),
                        violations: Vec::new(),
                    });
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Begins to listen, and finds out what was missed until then.
    async fn connect(&mut self) -> Result<(), ChainError> {
        let height = self.height().await?;
        if height.saturating_sub(self.next) >= FAR_BEHIND {
            self.behind_until = Some(height);
            return Ok(());
        }
        if self.offers_streams {
            match self.client.subscribe_checkpoints().await {
                Ok(live) => self.live = Some(Box::pin(live)),
                Err(ChainError::Unimplemented(_)) => self.offers_streams = false,
                // A browser may tell of the answer only with its first piece: nothing happened meanwhile.
                Err(ChainError::Timeout { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        if !self.offers_streams && height < self.next {
            self.client.sleep(LOOK).await;
        }
        // Asked again, for between the first look and the stream there may have been more.
        self.behind_until = Some(self.height().await?);
        Ok(())
    }

    /// Waits for the stream, and finds out where it fell silent.
    async fn listen(&mut self) -> Result<(), ChainError> {
        let Some(live) = &mut self.live else { return Ok(()) };
        match select(live.next(), pin!(self.client.sleep(SILENCE))).await {
            Either::Left((Some(checkpoint), _)) => self.ahead = Some(checkpoint?),
            // How a node drops whoever fell behind, and how a connection ends in good order.
            Either::Left((None, _)) => {
                self.live = None;
                return Err(ChainError::Unreachable("the stream of checkpoints ended".to_owned()));
            }
            Either::Right(_) => {
                let height = self.height().await?;
                if height >= self.next {
                    // The node went on and the stream did not tell.
                    self.live = None;
                    self.behind_until = Some(height);
                }
            }
        }
        Ok(())
    }

    async fn height(&self) -> Result<u64, ChainError> {
        Ok(self.client.node_info().await?.service.checkpoint_height)
    }
}
