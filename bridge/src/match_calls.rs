//! What a page asks about matching, one method a request.

use crate::late::Late;
use crate::matching::{
    ChosenMatch, GroundView, MatchOptions, MatchQuery, MatchReply, MatchRequest, MatchTable,
    QueueView, QueuedFile,
};
use crate::network::Network;
use crate::page::{Bridge, unexpected};
use crate::protocol::{Failure, Reply, Request};
use wasm_core::address::{Address, TargetId};
use wasm_core::digest::Checksum;
use web_sys::File;

/// Each is for the scoring worker, and fails as it says, or because it stopped.
#[expect(clippy::missing_errors_doc, reason = "said once above")]
impl Bridge {
    async fn matching<T>(
        &self,
        asked: MatchRequest,
        file: Option<&File>,
        pick: impl FnOnce(MatchReply) -> Option<T>,
    ) -> Result<T, Failure> {
        match self.call(Request::Matching(Late::new(&asked)), file).await? {
            (Reply::Matching(reply), _) => pick(reply.read()?).ok_or_else(unexpected),
            _ => Err(unexpected()),
        }
    }

    async fn queue(&self, asked: MatchRequest) -> Result<QueueView, Failure> {
        self.matching(asked, None, |reply| match reply {
            MatchReply::Queue(it) => Some(*it),
            _ => None,
        })
        .await
    }

    /// What is queued. One that was running when the page was left goes on now.
    pub async fn match_queue(&self) -> Result<QueueView, Failure> {
        self.queue(MatchRequest::Queue).await
    }

    /// Keeps a file.
    pub async fn add_match_file(&self, file: &File) -> Result<QueuedFile, Failure> {
        self.matching(MatchRequest::Add, Some(file), |reply| match reply {
            MatchReply::Added(it) => Some(it),
            _ => None,
        })
        .await
    }

    /// Forgets files.
    pub async fn remove_match_files(&self, files: Vec<Checksum>) -> Result<QueueView, Failure> {
        self.queue(MatchRequest::Remove(files)).await
    }

    /// Scores what is not scored yet.
    pub async fn start_matching(&self, options: MatchOptions) -> Result<QueueView, Failure> {
        self.queue(MatchRequest::Start(Box::new(options))).await
    }

    /// Stops scoring.
    pub async fn pause_matching(&self) -> Result<QueueView, Failure> {
        self.queue(MatchRequest::Pause).await
    }

    /// Asks the network for its open targets, for a comparison with them.
    pub async fn compare_matches(
        &self,
        network: Network,
        account: Address,
    ) -> Result<GroundView, Failure> {
        self.matching(MatchRequest::Compare { network, account }, None, |reply| match reply {
            MatchReply::Ground(it) => Some(*it),
            _ => None,
        })
        .await
    }

    /// A window of the table.
    pub async fn match_table(
        &self,
        query: MatchQuery,
        from: usize,
        count: usize,
    ) -> Result<MatchTable, Failure> {
        self.matching(MatchRequest::Table { query, from, count }, None, |reply| match reply {
            MatchReply::Table(it) => Some(*it),
            _ => None,
        })
        .await
    }

    /// What a submission needs of one pair, and its data.
    pub async fn choose_match(
        &self,
        data: Checksum,
        target: TargetId,
    ) -> Result<(ChosenMatch, File), Failure> {
        let asked = Request::Matching(Late::new(&MatchRequest::Choose { data, target }));
        match self.call(asked, None).await? {
            (Reply::Matching(reply), Some(file)) => match reply.read()? {
                MatchReply::Chosen(it) => Ok((*it, file)),
                _ => Err(unexpected()),
            },
            _ => Err(unexpected()),
        }
    }
}
