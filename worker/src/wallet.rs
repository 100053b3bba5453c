//! The wallet: how one is made, and what it says of itself.

use crate::accounts;
use crate::context::Context;
use crate::post::post;
use crate::refusal::Refusal;
use crate::vault::{found, open_backup, refuse_second};
use bridge::protocol::Event;
use bridge::wallet::{
    DefaultNames, ImportPreview, ImportSecret, Password, PhraseDraft, WalletStatus, WordAnswer,
};
use browser::random::BrowserRandom;
use rand_core::Rng as _;
use std::rc::Rc;
use wasm_core::address::Address;
use wasm_core::keys::{KeyParseError, Keypair};
use wasm_core::keystore::{KeystoreError, parse_keystore};
use wasm_core::mnemonic::{DerivationPath, Mnemonic, MnemonicError, WordCount};
use wasm_core::vault::{Backup, Secrets};

/// Words asked for before a new wallet is made.
const WORDS_ASKED: usize = 3;

/// What the page may know.
pub(crate) fn status(context: &Context) -> WalletStatus {
    let settings = context.settings.borrow();
    let auto_lock_minutes = settings.auto_lock_minutes;
    let Some(wallet) = context.presence.open() else {
        return if context.presence.exists() {
            WalletStatus::Locked { auto_lock_minutes }
        } else {
            WalletStatus::Absent
        };
    };
    let selected = wallet.account_or_first(settings.account);
    wallet.read(|secrets| WalletStatus::Open {
        accounts: accounts::names(secrets.accounts()),
        phrases: secrets.phrases().iter().map(accounts::phrase_name).collect(),
        contacts: secrets.contacts().to_vec(),
        selected,
        auto_lock_minutes,
    })
}

/// A phrase to write down, kept here until the wallet is made or another one is drafted.
pub(crate) fn draft(context: &Context, words: u8) -> Result<PhraseDraft, Refusal> {
    let count = WordCount::ALL.into_iter().find(|count| count.words() == usize::from(words));
    let count = count.ok_or_else(|| {
        Refusal::new(
            "phrase/length",
            format!("A phrase cannot have {words} words."),
            "Choose 12, 15, 18, 21 or 24.",
        )
    })?;
    let mut random = BrowserRandom;
    let mnemonic = Mnemonic::make(&mut random, count);
    let ask = positions(&mut random, words);
    let draft = PhraseDraft {
        words: mnemonic.words().map(str::to_owned).collect(),
        ask: ask.clone(),
        address: mnemonic.derive(&DerivationPath::default()).address(),
    };
    *context.presence.draft.borrow_mut() = Some((mnemonic, ask));
    Ok(draft)
}

/// Distinct positions below `words`, ascending.
fn positions(random: &mut BrowserRandom, words: u8) -> Vec<u8> {
    let mut ask = Vec::with_capacity(WORDS_ASKED);
    while ask.len() < WORDS_ASKED.min(usize::from(words)) {
        // 256 is no multiple of every count; what hangs over is drawn again.
        let byte = random.next_u32().to_le_bytes()[0];
        let position = byte % words;
        if byte < u8::MAX - u8::MAX % words && !ask.contains(&position) {
            ask.push(position);
        }
    }
    ask.sort_unstable();
    ask
}

/// Makes the wallet of the drafted phrase.
pub(crate) async fn create(
    context: &Rc<Context>,
    answers: &[WordAnswer],
    password: &Password,
    names: &DefaultNames,
) -> Result<WalletStatus, Refusal> {
    refuse_second(context)?;
    let secrets = {
        let draft = context.presence.draft.borrow();
        let (mnemonic, ask) = draft.as_ref().ok_or_else(|| {
            Refusal::new("phrase/no-draft", "There is no new phrase.", "Begin again.")
        })?;
        let words: Vec<&str> = mnemonic.words().collect();
        let right = |position: &u8| {
            answers.iter().any(|answer| {
                answer.position == *position
                    && words.get(usize::from(*position)) == Some(&answer.word.trim())
            })
        };
        if let Some(wrong) = ask.iter().find(|position| !right(position)) {
            return Err(Refusal::new(
                "phrase/wrong-word",
                format!("Word {} is not the one you were shown.", wrong + 1),
                "Look at what you wrote down. If it is lost, begin again with a new phrase.",
            ));
        }
        of_phrase(mnemonic, names)?
    };
    found(context, secrets, password).await
}

fn of_phrase(mnemonic: &Mnemonic, names: &DefaultNames) -> Result<Secrets, Refusal> {
    let mut secrets = Secrets::default();
    let phrase = secrets.add_phrase(mnemonic, &names.phrase);
    secrets
        .add_phrase_account(phrase, DerivationPath::default(), &format!("{} 1", names.account))
        .map_err(|error| Refusal::new("wallet/import", capital(&error), "Check the secret."))?;
    Ok(secrets)
}

/// Which accounts a secret holds.
pub(crate) fn inspect(
    secret: &ImportSecret,
    names: &DefaultNames,
) -> Result<ImportPreview, Refusal> {
    let secrets = of_import(secret, names)?;
    let accounts = accounts::names(secrets.accounts());
    // Key scheme, address hash and derivation path are Sui's, so any secret opens there too.
    Ok(ImportPreview { accounts, also_on_sui: true })
}

pub(crate) fn of_import(secret: &ImportSecret, names: &DefaultNames) -> Result<Secrets, Refusal> {
    match secret {
        ImportSecret::Phrase(text) => {
            let mnemonic = Mnemonic::parse(text).map_err(|error: MnemonicError| {
                Refusal::new(
                    "phrase/invalid",
                    capital(&error),
                    "Compare the words, and their order, with what you wrote down.",
                )
            })?;
            of_phrase(&mnemonic, names)
        }
        ImportSecret::PrivateKey(text) => {
            let key = Keypair::parse(text).map_err(|error: KeyParseError| {
                Refusal::new("key/invalid", capital(&error), "Paste the whole key, and only it.")
            })?;
            let mut secrets = Secrets::default();
            secrets.add_key(&key, &names.imported_key).map_err(|error| {
                Refusal::new("wallet/import", capital(&error), "Check the key.")
            })?;
            Ok(secrets)
        }
        ImportSecret::Keystore(text) => {
            let keys = parse_keystore(text).map_err(|error: KeystoreError| {
                Refusal::new(
                    "keystore/invalid",
                    capital(&error),
                    "Choose the file soma.keystore of the command-line wallet.",
                )
            })?;
            let mut secrets = Secrets::default();
            for (at, key) in keys.iter().enumerate() {
                // A keystore that names a key twice still holds it.
                let _ = secrets.add_key(key, &format!("{} {}", names.key, at + 1));
            }
            if secrets.accounts().is_empty() {
                return Err(Refusal::new(
                    "keystore/empty",
                    "The keystore holds no key.",
                    "Choose the file soma.keystore of the command-line wallet.",
                ));
            }
            Ok(secrets)
        }
        ImportSecret::Backup { contents, password } => match open_backup(contents, password)? {
            Backup::Wallet(secrets) if !secrets.accounts().is_empty() => Ok(secrets),
            _ => Err(Refusal::new(
                "backup/kind",
                "This backup is not of a wallet; it may be of a single model.",
                "Import your phrase or key first, then restore the model under Models.",
            )),
        },
    }
}

/// Makes the wallet of an existing secret.
pub(crate) async fn import(
    context: &Rc<Context>,
    secret: &ImportSecret,
    password: &Password,
    names: &DefaultNames,
) -> Result<WalletStatus, Refusal> {
    refuse_second(context)?;
    found(context, of_import(secret, names)?, password).await
}

/// Works with another account from now on.
pub(crate) async fn select(
    context: &Rc<Context>,
    address: Address,
) -> Result<WalletStatus, Refusal> {
    let known = context.open_wallet()?.read(|secrets| secrets.account(&address).is_some());
    if !known {
        return Err(Refusal::new(
            "wallet/no-account",
            format!("The wallet has no account {address}."),
            "Choose one of its accounts.",
        ));
    }
    context.change_settings(|settings| settings.account = Some(address)).await?;
    context.forget_reviews();
    let status = status(context);
    post(&Event::Wallet(status.clone()));
    context.account_changed();
    Ok(status)
}

/// A message of the core as a sentence.
pub(crate) fn capital(error: &impl std::fmt::Display) -> String {
    crate::refusal::sentence(error)
}
