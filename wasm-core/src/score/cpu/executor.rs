//! Who does the parts of a computation: one thread, or several where a platform has them.

use std::sync::{Mutex, PoisonError};
use std::thread;

/// Does independent parts of a computation. Which thread does a part never changes its result.
pub trait Executor {
    /// How many parts are done at a time.
    fn width(&self) -> usize;

    /// Does every part, each with one of the workspaces to itself, of which there is at least one.
    /// The results are in the order of the parts.
    fn run<W: Send, P: Send, R: Send>(
        &self,
        workspaces: &mut [W],
        parts: Vec<P>,
        work: impl Fn(&mut W, P) -> R + Sync,
    ) -> Vec<R>;
}

/// The calling thread alone: all there is in a browser's worker.
#[derive(Clone, Copy, Debug, Default)]
pub struct OneThread;

impl Executor for OneThread {
    fn width(&self) -> usize {
        1
    }

    fn run<W: Send, P: Send, R: Send>(
        &self,
        workspaces: &mut [W],
        parts: Vec<P>,
        work: impl Fn(&mut W, P) -> R + Sync,
    ) -> Vec<R> {
        let workspace =
            workspaces.first_mut().expect("an engine makes a workspace for each thread");
        parts.into_iter().map(|part| work(workspace, part)).collect()
    }
}

/// So many threads, the calling one included, which take parts as they get through with others.
/// Where the platform gives fewer, these do all.
#[derive(Clone, Copy, Debug)]
pub struct Threads(pub usize);

impl Executor for Threads {
    fn width(&self) -> usize {
        self.0.max(1)
    }

    fn run<W: Send, P: Send, R: Send>(
        &self,
        workspaces: &mut [W],
        parts: Vec<P>,
        work: impl Fn(&mut W, P) -> R + Sync,
    ) -> Vec<R> {
        let mut results = Vec::new();
        results.resize_with(parts.len(), || None);
        let helpers = parts.len().min(self.width()).saturating_sub(1);
        let queue = Mutex::new(parts.into_iter().zip(&mut results));
        let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
        let take_parts = |workspace: &mut W| {
            while let Some((part, result)) = next() {
                *result = Some(work(workspace, part));
            }
        };
        let (own, others) =
            workspaces.split_first_mut().expect("an engine makes a workspace for each thread");
        thread::scope(|scope| {
            for workspace in others.iter_mut().take(helpers) {
                // Where no thread can be had, those there are take its parts.
                let take_parts = &take_parts;
                let started =
                    thread::Builder::new().spawn_scoped(scope, move || take_parts(workspace));
                if started.is_err() {
                    break;
                }
            }
            take_parts(own);
        });
        results.into_iter().map(|result| result.expect("every part was taken")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Executor, OneThread, Threads};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn squares(executor: &impl Executor) -> (Vec<usize>, usize) {
        let mut done = vec![0; executor.width()];
        let results = executor.run(&mut done, (0..100).collect(), |done, part: usize| {
            *done += 1;
            part * part
        });
        (results, done.iter().sum())
    }

    #[test]
    fn every_part_is_done_once_and_results_keep_their_order() {
        let expected: Vec<_> = (0..100).map(|part| part * part).collect();
        assert_eq!(squares(&OneThread), (expected.clone(), 100));
        for threads in [0, 1, 2, 5] {
            assert_eq!(squares(&Threads(threads)), (expected.clone(), 100), "{threads}");
        }
    }

    #[test]
    fn nothing_to_do_is_done() {
        let none = Threads(3).run(&mut [(), (), ()], Vec::<u8>::new(), |(), part| part);
        assert!(none.is_empty());
    }
}
