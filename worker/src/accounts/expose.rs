//! Handing a secret to its owner, once they gave the password again.

use super::no_account;
use crate::context::Context;
use crate::refusal::Refusal;
use crate::vault::check_password;
use bridge::accounts::{Exposed, WhichSecret};
use bridge::wallet::Password;
use std::rc::Rc;
use wasm_core::address::Address;
use wasm_core::keystore::{Alias, expose_keystore, write_aliases};
use wasm_core::vault::{PhraseId, Secrets};

/// Hands out a secret.
pub(super) async fn expose(
    context: &Rc<Context>,
    password: &Password,
    secret: WhichSecret,
) -> Result<Exposed, Refusal> {
    check_password(context, password).await?;
    // Looked up afterwards: it may have been locked meanwhile.
    let wallet = context.open_wallet()?;
    match secret {
        WhichSecret::Phrase(id) => wallet.read(|secrets| phrase(secrets, id)),
        WhichSecret::Key(address) => {
            known(context, &address)?;
            let key = wallet.keypair(&address)?;
            let (bech32, base64) = (key.expose_bech32(), key.expose_base64());
            Ok(Exposed::Key { bech32: bech32.to_string(), base64: base64.to_string() })
        }
        WhichSecret::Keystore => wallet.read(keystore),
    }
}

fn known(context: &Context, address: &Address) -> Result<(), Refusal> {
    let wallet = context.open_wallet()?;
    let known = wallet.read(|secrets| secrets.account(address).is_some());
    if known { Ok(()) } else { Err(no_account()) }
}

fn phrase(secrets: &Secrets, id: PhraseId) -> Result<Exposed, Refusal> {
    let phrase = secrets.phrase(id).ok_or_else(|| {
        Refusal::new(
            "accounts/no-phrase",
            "The wallet does not have this recovery phrase.",
            "Choose one that is there.",
        )
    })?;
    Ok(Exposed::Phrase(phrase.mnemonic().words().map(str::to_owned).collect()))
}

/// Both files of the command-line wallet, with every key that this wallet has.
fn keystore(secrets: &Secrets) -> Result<Exposed, Refusal> {
    let (mut keys, mut aliases, mut taken) = (Vec::new(), Vec::new(), Vec::new());
    for account in secrets.accounts() {
        let Some(key) = secrets.keypair(&account.address()) else { continue };
        let alias = Alias::near(account.label(), &taken);
        taken.push(alias.clone());
        aliases.push((alias, key.public_key()));
        keys.push(key);
    }
    if keys.is_empty() {
        return Err(Refusal::new(
            "accounts/no-keys",
            "This wallet has no keys.",
            "Export it where its keys are.",
        ));
    }
    Ok(Exposed::Keystore {
        keystore: expose_keystore(&keys).to_string(),
        aliases: write_aliases(&aliases),
        keys: keys.len(),
    })
}
