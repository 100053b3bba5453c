//! What a page asks about web sites, one method a request.

use crate::dapp::{AskedId, DappReply, DappRequest, Decision, SiteView};
use crate::late::Late;
use crate::page::{Bridge, Call, unexpected};
use crate::protocol::{Failure, Reply, Request};
use crate::questions::questions;
use wasm_core::address::Address;
use wasm_core::dapp::PolicyId;

questions! { asked Dapp, answered Dapp;
    /// Nobody waits for a site's answer any more.
    site_gone(id: AskedId) => DappRequest::Gone(id), DappReply::Done => (), ();
    /// All sites with a permission.
    sites() => DappRequest::Sites, DappReply::Sites(sites) => sites, Vec<SiteView>;
    /// Takes all of a site's permissions away.
    revoke_site(origin: String) => DappRequest::Revoke { origin }, DappReply::Sites(sites) => sites, Vec<SiteView>;
    /// Takes an account away from a site.
    revoke_account(origin: String, address: Address)
        => DappRequest::RevokeAccount { origin, address }, DappReply::Sites(sites) => sites, Vec<SiteView>;
    /// Ends a policy.
    revoke_policy(id: PolicyId) => DappRequest::RevokePolicy(id), DappReply::Sites(sites) => sites, Vec<SiteView>;
    /// Hears a site again at once.
    forgive_site(origin: String) => DappRequest::Forgive { origin }, DappReply::Sites(sites) => sites, Vec<SiteView>;
}

#[expect(
    clippy::missing_errors_doc,
    reason = "each fails as the worker says, or because it stopped"
)]
impl Bridge {
    /// A site asks; its origin is the one that the browser attests.
    pub async fn site_asks(&self, origin: String, message: String) -> Result<DappReply, Failure> {
        self.ask_for_site(DappRequest::Open { origin, message }).await
    }

    /// Looks anew at what still waits.
    pub async fn look_again(&self, id: AskedId) -> Result<DappReply, Failure> {
        self.ask_for_site(DappRequest::Again(id)).await
    }

    /// Says yes to a site's request.
    pub async fn approve(&self, id: AskedId, decision: Decision) -> Result<DappReply, Failure> {
        self.ask_for_site(DappRequest::Approve { id, decision }).await
    }

    /// Says no to a site's request.
    pub async fn refuse(&self, id: AskedId) -> Result<DappReply, Failure> {
        self.ask_for_site(DappRequest::Refuse(id)).await
    }

    async fn ask_for_site(&self, request: DappRequest) -> Result<DappReply, Failure> {
        self.ask(Request::Dapp(Late::new(&request)), |reply| match reply {
            Reply::Dapp(reply) => reply.read(),
            _ => Err(unexpected()),
        })
        .await
    }
}

impl Bridge {
    /// Posts at once that nobody waits for an answer any more, as a page does that is being left.
    #[must_use]
    pub fn begin_site_gone(&self, id: AskedId) -> Call {
        self.begin(&Request::Dapp(Late::new(&DappRequest::Gone(id))), None)
    }

    /// Posts at once that the site's page is there, and waits.
    #[must_use]
    pub fn begin_site_alive(&self, id: AskedId) -> Call {
        self.begin(&Request::Dapp(Late::new(&DappRequest::Alive(id))), None)
    }
}
