//! What a page asks about accounts and the address book, one method a question.

use crate::accounts::{AccountsReply, AccountsRequest, Exposed, Imported, LookedAt, WhichSecret};
use crate::late::Late;
use crate::page::{Bridge, unexpected};
use crate::protocol::{Failure, Reply, Request};
use crate::wallet::{DefaultNames, ImportSecret, Password, WalletStatus};
use wasm_core::address::Address;
use wasm_core::amount::Shannons;
use wasm_core::discovery::Discovery;
use wasm_core::vault::PhraseId;

#[expect(
    clippy::missing_errors_doc,
    reason = "each fails as the worker says, or because it stopped"
)]
impl Bridge {
    async fn ask_accounts<T>(
        &self,
        request: AccountsRequest,
        take: impl FnOnce(AccountsReply) -> Option<T>,
    ) -> Result<T, Failure> {
        self.ask(Request::Accounts(Late::new(&request)), |reply| match reply {
            Reply::Accounts(reply) => take(reply.read()?).ok_or_else(unexpected),
            _ => Err(unexpected()),
        })
        .await
    }

    /// Changes something about accounts, phrases or the address book.
    pub async fn change_accounts(&self, request: AccountsRequest) -> Result<WalletStatus, Failure> {
        self.ask_accounts(request, |reply| match reply {
            AccountsReply::Status(status) => Some(status),
            _ => None,
        })
        .await
    }

    /// Looks at the next account of a search along a phrase.
    pub async fn look_at_next(
        &self,
        phrase: PhraseId,
        search: Discovery,
    ) -> Result<LookedAt, Failure> {
        self.ask_accounts(AccountsRequest::Look { phrase, search }, |reply| match reply {
            AccountsReply::Looked(looked) => Some(looked),
            _ => None,
        })
        .await
    }

    /// Takes a secret into the open wallet.
    pub async fn import_more(
        &self,
        secret: ImportSecret,
        names: DefaultNames,
    ) -> Result<Imported, Failure> {
        self.ask_accounts(AccountsRequest::Import { secret, names }, |reply| match reply {
            AccountsReply::Imported(imported) => Some(imported),
            _ => None,
        })
        .await
    }

    /// What every account has in coins.
    pub async fn balances(&self) -> Result<Vec<(Address, Shannons)>, Failure> {
        self.ask_accounts(AccountsRequest::Balances, |reply| match reply {
            AccountsReply::Balances(balances) => Some(balances),
            _ => None,
        })
        .await
    }

    /// Hands out a secret.
    pub async fn expose(
        &self,
        password: Password,
        secret: WhichSecret,
    ) -> Result<Exposed, Failure> {
        self.ask_accounts(AccountsRequest::Expose { password, secret }, |reply| match reply {
            AccountsReply::Exposed(exposed) => Some(exposed),
            _ => None,
        })
        .await
    }
}
