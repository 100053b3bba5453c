//! Several engines at one model, taking turns on one thread, behind the interface of one.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use wasm_core::score::cpu::memory::HostPlan;
use wasm_core::score::cpu::{CpuEngine, Followers, Leader, Member, OneThread};
use wasm_core::score::{
    Engine, EvaluateError, ModelConfig, ModelScore, Sequences, Watch, WeightSource, WeightsFile,
};

/// An engine made of several, or of fewer where the model has no work for all.
#[derive(Clone, Copy, Debug)]
pub struct Team {
    /// How many.
    pub members: usize,
    /// Bytes that they may take together.
    pub memory: u64,
}

/// Rows on their way, in one direction.
type Queue = Rc<RefCell<VecDeque<Vec<f32>>>>;

/// What is between the leader and another.
#[derive(Clone, Debug, Default)]
struct Link {
    told: Queue,
    answered: Queue,
}

async fn next(queue: &Queue) -> Vec<f32> {
    poll_fn(|_| queue.borrow_mut().pop_front().map_or(Poll::Pending, Poll::Ready)).await
}

/// The links of all others.
#[derive(Clone, Debug)]
struct Links(Vec<Link>);

impl Followers for Links {
    fn count(&self) -> usize {
        self.0.len()
    }

    fn tell_one(&mut self, follower: usize, rows: &[f32]) -> Result<(), EvaluateError> {
        self.0[follower].told.borrow_mut().push_back(rows.to_vec());
        Ok(())
    }

    async fn collect_one(
        &mut self,
        follower: usize,
        results: &mut [f32],
    ) -> Result<(), EvaluateError> {
        results.copy_from_slice(&next(&self.0[follower].answered).await);
        Ok(())
    }

    async fn collect(&mut self, sums: &mut [f32]) -> Result<(), EvaluateError> {
        for link in &self.0 {
            let answered = next(&link.answered).await;
            assert_eq!(answered.len(), sums.len(), "an answer to what was asked");
            for (sum, part) in sums.iter_mut().zip(answered) {
                *sum += part;
            }
        }
        Ok(())
    }
}

impl Leader for Link {
    async fn hear(&mut self, rows: &mut [f32]) -> Result<(), EvaluateError> {
        rows.copy_from_slice(&next(&self.told).await);
        Ok(())
    }

    fn answer(&mut self, results: &[f32]) -> Result<(), EvaluateError> {
        self.answered.borrow_mut().push_back(results.to_vec());
        Ok(())
    }
}

impl Team {
    /// How each of them would evaluate a model.
    ///
    /// # Errors
    /// Where the memory does not suffice.
    pub fn plan(
        &self,
        config: &ModelConfig,
        sequences: &Sequences,
    ) -> Result<HostPlan, EvaluateError> {
        let links = vec![Link::default(); self.members.min(Member::most(config)) - 1];
        CpuEngine::new(OneThread, self.memory).with_team(Links(links)).plan(config, sequences)
    }
}

impl Engine for Team {
    async fn evaluate<S: WeightSource, W: Watch>(
        &mut self,
        model: &WeightsFile<S>,
        sequences: &Sequences,
        seed: u64,
        watch: &mut W,
    ) -> Result<ModelScore, EvaluateError> {
        let members = self.members.min(Member::most(model.config()));
        let links: Vec<_> = std::iter::repeat_with(Link::default).take(members - 1).collect();
        let engine = CpuEngine::new(OneThread, self.memory);
        let mut others: Vec<_> = (1..members)
            .zip(links.clone())
            .map(|(index, mut link)| {
                let (engine, member) = (&engine, Member { index, members });
                Box::pin(
                    async move { engine.follow(model, sequences, seed, member, &mut link).await },
                )
            })
            .collect();
        let mut leader = engine.clone().with_team(Links(links));
        let mut led = pin!(leader.evaluate(model, sequences, seed, watch));
        let mut context = Context::from_waker(Waker::noop());
        // Whoever cannot go on waits for another of them.
        loop {
            if let Poll::Ready(score) = led.as_mut().poll(&mut context) {
                return score;
            }
            others.retain_mut(|other| turn(other.as_mut(), &mut context));
        }
    }
}

/// Whether it is not through.
fn turn<F: Future<Output = Result<(), EvaluateError>>>(
    other: Pin<&mut F>,
    context: &mut Context<'_>,
) -> bool {
    match other.poll(context) {
        Poll::Pending => true,
        Poll::Ready(result) => {
            result.expect("one that has the same weights and memory does not fail alone");
            false
        }
    }
}
