//! What a page asks about targets, one method a request.

use crate::late::Late;
use crate::page::{Bridge, Call, Reviewed, reviewed, unexpected};
use crate::protocol::{Failure, Reply, Request};
use crate::targets::{
    BoardView, ClaimResult, Plan, PlanId, SubmissionId, SubmissionOptions, SubmissionView, Sweep,
    TargetReply, TargetRequest, TargetView, Tray,
};
use wasm_core::address::TargetId;
use wasm_core::targets::Query;
use web_sys::File;

fn request(request: &TargetRequest) -> Request {
    Request::Targets(Late::new(request))
}

/// Each fails as the worker says, or because it stopped.
#[expect(clippy::missing_errors_doc, reason = "said once above")]
impl Bridge {
    async fn target<T>(
        &self,
        asked: TargetRequest,
        file: Option<&File>,
        pick: impl FnOnce(TargetReply) -> Option<T>,
    ) -> Result<T, Failure> {
        match self.call(request(&asked), file).await? {
            (Reply::Targets(reply), _) => pick(reply.read()?).ok_or_else(unexpected),
            _ => Err(unexpected()),
        }
    }

    async fn target_review(&self, asked: TargetRequest) -> Result<Reviewed, Failure> {
        self.ask(request(&asked), reviewed).await
    }

    async fn submission(
        &self,
        asked: TargetRequest,
        file: Option<&File>,
    ) -> Result<SubmissionView, Failure> {
        self.target(asked, file, |reply| match reply {
            TargetReply::Submission(it) => Some(*it),
            _ => None,
        })
        .await
    }

    /// A window of the board.
    pub async fn board(
        &self,
        query: Query,
        from: usize,
        count: usize,
    ) -> Result<BoardView, Failure> {
        self.target(TargetRequest::Board { query, from, count }, None, |reply| match reply {
            TargetReply::Board(it) => Some(it),
            _ => None,
        })
        .await
    }

    /// Fetches all targets again.
    pub async fn reload_board(&self) -> Result<(), Failure> {
        self.target(TargetRequest::ReloadBoard, None, |reply| match reply {
            TargetReply::Done => Some(()),
            _ => None,
        })
        .await
    }

    /// One target.
    pub async fn one_target(&self, id: TargetId) -> Result<TargetView, Failure> {
        self.target(TargetRequest::One(id), None, |reply| match reply {
            TargetReply::One(it) => Some(*it),
            _ => None,
        })
        .await
    }

    /// The data that filled a target, checked: the name it should have, and the file.
    pub async fn target_data(&self, id: TargetId) -> Result<(String, File), Failure> {
        match self.call(request(&TargetRequest::Data(id)), None).await? {
            (Reply::Targets(reply), Some(file)) => match reply.read()? {
                TargetReply::Data { file_name } => Ok((file_name, file)),
                _ => Err(unexpected()),
            },
            _ => Err(unexpected()),
        }
    }

    /// Begins to submit data.
    pub async fn start_submission(
        &self,
        options: SubmissionOptions,
        data: &File,
    ) -> Result<SubmissionView, Failure> {
        self.submission(TargetRequest::StartSubmission(Box::new(options)), Some(data)).await
    }

    /// All submissions that were begun here.
    pub async fn submissions(&self) -> Result<Vec<SubmissionView>, Failure> {
        self.target(TargetRequest::Submissions, None, |reply| match reply {
            TargetReply::Submissions(it) => Some(it),
            _ => None,
        })
        .await
    }

    /// Goes on with a submission.
    pub async fn continue_submission(
        &self,
        id: SubmissionId,
        upload_link: Option<String>,
    ) -> Result<SubmissionView, Failure> {
        self.submission(TargetRequest::ContinueSubmission { id, upload_link }, None).await
    }

    /// Stops what is being done on a submission.
    pub async fn pause_submission(&self, id: SubmissionId) -> Result<SubmissionView, Failure> {
        self.submission(TargetRequest::PauseSubmission(id), None).await
    }

    /// Looks at the target again, and prepares the transaction.
    pub async fn prepare_submission(&self, id: SubmissionId) -> Result<Reviewed, Failure> {
        self.target_review(TargetRequest::PrepareSubmission(id)).await
    }

    /// Forgets a submission.
    pub async fn remove_submission(
        &self,
        id: SubmissionId,
    ) -> Result<Vec<SubmissionView>, Failure> {
        self.target(TargetRequest::RemoveSubmission(id), None, |reply| match reply {
            TargetReply::Submissions(it) => Some(it),
            _ => None,
        })
        .await
    }

    /// What became of this account's data.
    pub async fn tray(&self) -> Result<Tray, Failure> {
        self.target(TargetRequest::Tray, None, |reply| match reply {
            TargetReply::Tray(it) => Some(it),
            _ => None,
        })
        .await
    }

    /// Targets of others that pay whoever settles them.
    pub async fn sweep(&self) -> Result<Sweep, Failure> {
        self.target(TargetRequest::Sweep, None, |reply| match reply {
            TargetReply::Sweep(it) => Some(it),
            _ => None,
        })
        .await
    }

    /// Prepares to settle one target.
    pub async fn prepare_claim(&self, target: TargetId) -> Result<Reviewed, Failure> {
        self.target_review(TargetRequest::PrepareClaim(target)).await
    }

    /// Foretells what settling several brings.
    pub async fn plan_claims(&self, targets: Vec<TargetId>) -> Result<Plan, Failure> {
        self.target(TargetRequest::PlanClaims(targets), None, |reply| match reply {
            TargetReply::Plan(it) => Some(it),
            _ => None,
        })
        .await
    }

    /// Settles what a plan says, one after the other.
    pub async fn confirm_claims(&self, plan: PlanId) -> Result<Vec<ClaimResult>, Failure> {
        self.target(TargetRequest::ConfirmClaims(plan), None, |reply| match reply {
            TargetReply::Claims(it) => Some(it),
            _ => None,
        })
        .await
    }

    /// Settles no more of a plan.
    pub fn stop_claims(&self, plan: PlanId) {
        let _ends_by_itself: Call = self.begin(&request(&TargetRequest::StopClaims(plan)), None);
    }
}
