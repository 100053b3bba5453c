//! The vault: made, opened, closed, and what it says of itself.

use crate::context::Context;
use crate::post::post;
use crate::refusal::Refusal;
use bridge::protocol::Event;
use bridge::wallet::{
    AccountName, ImportPreview, ImportSecret, Password, PhraseDraft, WalletStatus, WordAnswer,
};
use browser::clock::{now_ms, sleep_ms};
use browser::random::BrowserRandom;
use browser::store::{Drawer, Store, StoreError};
use rand_core::Rng as _;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_core::address::Address;
use wasm_core::keys::{KeyParseError, Keypair};
use wasm_core::keystore::{KeystoreError, parse_keystore};
use wasm_core::mnemonic::{DerivationPath, Mnemonic, MnemonicError, WordCount};
use wasm_core::vault::{
    self, Backup, ChangePasswordError, SealError, Secrets, UnlockError, Unlocked,
};

/// Where the sealed vault lies in its drawer.
const VAULT_KEY: &str = "vault";
/// Words asked for before a new wallet is made.
const WORDS_ASKED: usize = 3;
/// Between two looks at the clock.
const IDLE_LOOK_MS: u32 = 5_000;

/// An open wallet. Dropping it wipes its secrets.
pub(crate) struct OpenWallet {
    unlocked: RefCell<Unlocked>,
    /// The secrets are ahead of what is stored: a change could not be written.
    ahead: Cell<bool>,
}

impl OpenWallet {
    /// The chosen account, or the first where none is chosen.
    pub(crate) fn account_or_first(&self, chosen: Option<Address>) -> Address {
        let unlocked = self.unlocked.borrow();
        let accounts = unlocked.secrets.accounts();
        let known = chosen.filter(|address| unlocked.secrets.account(address).is_some());
        known.or_else(|| accounts.first().map(|account| account.address())).unwrap_or_default()
    }

    /// The key of an account.
    pub(crate) fn keypair(&self, address: &Address) -> Result<Keypair, Refusal> {
        self.unlocked.borrow().secrets.keypair(address).ok_or_else(|| {
            Refusal::new(
                "wallet/no-key",
                format!("The wallet has no key for {address}."),
                "Import its key, or choose another account.",
            )
        })
    }

    /// Asks again for the password, before secrets are shown.
    pub(crate) fn check_password(&self, password: &Password) -> Result<(), Refusal> {
        self.unlocked.borrow().check_password(&password.0).map_err(unlock_refusal)
    }

    /// Looks at the secrets.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&Secrets) -> T) -> T {
        look(&self.unlocked.borrow().secrets)
    }

    /// Whether all secrets are stored as they are here.
    pub(crate) fn is_stored(&self) -> bool {
        !self.ahead.get()
    }

    /// Seals the secrets and stores them. Only whoever has the vault's turn does this.
    async fn store(&self, store: &Store) -> Result<(), StoreError> {
        let sealed = self.unlocked.borrow().seal(&mut BrowserRandom);
        self.ahead.set(true);
        keep(store, &sealed).await?;
        self.ahead.set(false);
        Ok(())
    }
}

/// Changes the secrets of the open wallet, and returns only when the change is sealed and stored.
///
/// The wallet is looked up when it is this change's turn: while it waited, the wallet may have been
/// locked, opened anew, or sealed under another password.
pub(crate) async fn change_secrets<T>(
    context: &Context,
    change: impl FnOnce(&mut Secrets) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    let _turn = context.vault_turn.lock().await;
    let wallet = context.open_wallet()?;
    let outcome = change(&mut wallet.unlocked.borrow_mut().secrets)?;
    wallet.store(&context.store).await?;
    Ok(outcome)
}

/// Whether there is a wallet, and the open one.
#[derive(Default)]
pub(crate) struct Presence {
    exists: Cell<bool>,
    open: RefCell<Option<Rc<OpenWallet>>>,
    draft: RefCell<Option<(Mnemonic, Vec<u8>)>>,
}

impl Presence {
    pub(crate) async fn look(store: &Store) -> Result<Self, StoreError> {
        let this = Self::default();
        this.exists.set(store.get(Drawer::Vault, VAULT_KEY).await?.is_some());
        Ok(this)
    }

    pub(crate) fn open(&self) -> Option<Rc<OpenWallet>> {
        self.open.borrow().clone()
    }

    fn enter(&self, unlocked: Unlocked) {
        self.exists.set(true);
        self.draft.take();
        let wallet = OpenWallet { unlocked: RefCell::new(unlocked), ahead: Cell::new(false) };
        *self.open.borrow_mut() = Some(Rc::new(wallet));
    }

    fn leave(&self) {
        self.open.take();
        self.draft.take();
    }
}

async fn keep(store: &Store, sealed: &[u8]) -> Result<(), StoreError> {
    store.put(Drawer::Vault, VAULT_KEY, &hex::encode(sealed)).await
}

async fn kept(store: &Store) -> Result<Vec<u8>, Refusal> {
    let text = store.get(Drawer::Vault, VAULT_KEY).await?.ok_or_else(|| {
        Refusal::new(
            "wallet/absent",
            "There is no wallet in this browser.",
            "Create one, or import yours.",
        )
    })?;
    hex::decode(text).map_err(|error| {
        StoreError::Unreadable { key: VAULT_KEY.into(), reason: error.to_string() }.into()
    })
}

/// What the page may know.
pub(crate) fn status(context: &Context) -> WalletStatus {
    let settings = context.settings.borrow();
    let auto_lock_minutes = settings.auto_lock_minutes;
    let Some(wallet) = context.presence.open() else {
        return if context.presence.exists.get() {
            WalletStatus::Locked { auto_lock_minutes }
        } else {
            WalletStatus::Absent
        };
    };
    let accounts = wallet.read(|secrets| {
        let name = |account: &vault::Account| AccountName {
            address: account.address(),
            label: account.label().to_owned(),
        };
        secrets.accounts().iter().map(name).collect()
    });
    let selected = wallet.account_or_first(settings.account);
    WalletStatus::Open { accounts, selected, auto_lock_minutes }
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
        of_phrase(mnemonic)?
    };
    found(context, secrets, password).await
}

fn of_phrase(mnemonic: &Mnemonic) -> Result<Secrets, Refusal> {
    let mut secrets = Secrets::default();
    let phrase = secrets.add_phrase(mnemonic, "Recovery phrase");
    secrets
        .add_phrase_account(phrase, DerivationPath::default(), "Account 1")
        .map_err(|error| Refusal::new("wallet/import", capital(&error), "Check the secret."))?;
    Ok(secrets)
}

/// Which accounts a secret holds.
pub(crate) fn inspect(secret: &ImportSecret) -> Result<ImportPreview, Refusal> {
    let secrets = of_import(secret)?;
    let accounts = secrets
        .accounts()
        .iter()
        .map(|account| AccountName {
            address: account.address(),
            label: account.label().to_owned(),
        })
        .collect();
    // Key scheme, address hash and derivation path are Sui's, so any secret opens there too.
    Ok(ImportPreview { accounts, also_on_sui: true })
}

fn of_import(secret: &ImportSecret) -> Result<Secrets, Refusal> {
    match secret {
        ImportSecret::Phrase(text) => {
            let mnemonic = Mnemonic::parse(text).map_err(|error: MnemonicError| {
                Refusal::new(
                    "phrase/invalid",
                    capital(&error),
                    "Compare the words, and their order, with what you wrote down.",
                )
            })?;
            of_phrase(&mnemonic)
        }
        ImportSecret::PrivateKey(text) => {
            let key = Keypair::parse(text).map_err(|error: KeyParseError| {
                Refusal::new("key/invalid", capital(&error), "Paste the whole key, and only it.")
            })?;
            let mut secrets = Secrets::default();
            secrets.add_key(&key, "Imported key").map_err(|error| {
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
                let _ = secrets.add_key(key, &format!("Key {}", at + 1));
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
) -> Result<WalletStatus, Refusal> {
    refuse_second(context)?;
    found(context, of_import(secret)?, password).await
}

/// A wallet that exists is never overwritten.
fn refuse_second(context: &Context) -> Result<(), Refusal> {
    if context.presence.exists.get() {
        return Err(Refusal::new(
            "wallet/exists",
            "There is a wallet in this browser already.",
            "Unlock it, or erase it first if you have its phrase.",
        ));
    }
    Ok(())
}

async fn found(
    context: &Rc<Context>,
    secrets: Secrets,
    password: &Password,
) -> Result<WalletStatus, Refusal> {
    let _turn = context.vault_turn.lock().await;
    // Another wallet may have been founded while this one waited.
    refuse_second(context)?;
    let unlocked =
        Unlocked::make(&password.0, secrets, &mut BrowserRandom).map_err(seal_refusal)?;
    keep(&context.store, &unlocked.seal(&mut BrowserRandom)).await?;
    context.presence.enter(unlocked);
    Ok(entered(context))
}

/// Opens the vault.
pub(crate) async fn unlock(
    context: &Rc<Context>,
    password: &Password,
) -> Result<WalletStatus, Refusal> {
    let _turn = context.vault_turn.lock().await;
    let sealed = kept(&context.store).await?;
    let unlocked = vault::open(&password.0, &sealed).map_err(unlock_refusal)?;
    context.presence.enter(unlocked);
    Ok(entered(context))
}

fn entered(context: &Rc<Context>) -> WalletStatus {
    context.touched.set(now_ms());
    let status = status(context);
    post(&Event::Wallet(status.clone()));
    context.network_moved();
    status
}

/// Closes the vault: keys and reviews are gone.
pub(crate) fn lock(context: &Context) -> WalletStatus {
    context.presence.leave();
    context.forget_reviews();
    let status = status(context);
    post(&Event::Wallet(status.clone()));
    status
}

/// Closes the vault once nobody has been here for as long as its owner allows. A device that slept
/// wakes with the time gone by.
pub(crate) async fn lock_when_idle(context: Rc<Context>) {
    loop {
        sleep_ms(IDLE_LOOK_MS).await;
        let minutes = context.settings.borrow().auto_lock_minutes;
        let idle = now_ms().saturating_sub(context.touched.get());
        let due = minutes.is_some_and(|minutes| idle >= u64::from(minutes) * 60_000);
        if due && context.presence.open().is_some() {
            lock(&context);
        }
    }
}

/// Seals the vault under another password.
pub(crate) async fn change_password(
    context: &Rc<Context>,
    current: &Password,
    new: &Password,
) -> Result<(), Refusal> {
    let _turn = context.vault_turn.lock().await;
    let wallet = context.open_wallet()?;
    if !wallet.is_stored() {
        wallet.store(&context.store).await?;
    }
    let sealed = kept(&context.store).await?;
    let (unlocked, sealed) =
        vault::change_password(&sealed, &current.0, &new.0, &mut BrowserRandom).map_err(
            |error| match error {
                ChangePasswordError::Unlock(error) => unlock_refusal(error),
                ChangePasswordError::Seal(error) => seal_refusal(error),
            },
        )?;
    keep(&context.store, &sealed).await?;
    // In its place: a wallet that was locked meanwhile stays locked.
    wallet.unlocked.replace(unlocked);
    Ok(())
}

/// Deletes everything this browser keeps of the wallet.
pub(crate) async fn erase(context: &Rc<Context>) -> Result<WalletStatus, Refusal> {
    // Locked first, and without a word yet: nothing may begin while all is being deleted.
    context.presence.leave();
    context.forget_reviews();
    let cleared = clear(context).await;
    if cleared.is_ok() {
        context.presence.exists.set(false);
        *context.settings.borrow_mut() = crate::settings::Settings::default();
        let network = context.settings.borrow().network();
        crate::network::choose(context, network);
    }
    let status = lock(context);
    cleared.map(|()| status)
}

async fn clear(context: &Rc<Context>) -> Result<(), Refusal> {
    crate::publish::stop_all(context).await;
    let _jobs = context.jobs_turn.lock().await;
    let _vault = context.vault_turn.lock().await;
    let _ledger = context.ledger_turn.lock().await;
    crate::publish::erase_files(context).await?;
    crate::targets::erase_files(context).await?;
    crate::score::forget_weights().await?;
    crate::score::erase_files().await?;
    Ok(context.store.clear().await?)
}

/// Works with another account from now on.
pub(crate) async fn select(
    context: &Rc<Context>,
    address: Address,
) -> Result<WalletStatus, Refusal> {
    context.open_wallet()?.keypair(&address)?;
    context.change_settings(|settings| settings.account = Some(address)).await?;
    context.forget_reviews();
    let status = status(context);
    post(&Event::Wallet(status.clone()));
    context.account_changed();
    Ok(status)
}

/// The whole wallet as an encrypted file.
pub(crate) fn backup(context: &Context, password: &Password) -> Result<(String, String), Refusal> {
    let wallet = context.open_wallet()?;
    let sealed = wallet
        .read(|secrets| vault::seal_wallet_backup(&password.0, secrets, &mut BrowserRandom))
        .map_err(seal_refusal)?;
    Ok(("soma-wallet.backup".into(), hex::encode(sealed)))
}

/// Opens a backup file: the hex digits that [`backup`] wrote.
pub(crate) fn open_backup(contents: &str, password: &Password) -> Result<Backup, Refusal> {
    let bytes = hex::decode(contents.trim()).map_err(|_| {
        Refusal::new(
            "backup/damaged",
            "This is not a backup file of this wallet.",
            "Choose the file that the wallet saved.",
        )
    })?;
    vault::open_backup(&password.0, &bytes).map_err(|error| match error {
        UnlockError::WrongPassword => Refusal::new(
            "backup/wrong-password",
            "The password is not this file's, or the file was changed.",
            "A backup keeps the password it was made with, even after the wallet's was changed.",
        ),
        error => unlock_refusal(error),
    })
}

pub(crate) fn seal_refusal(error: SealError) -> Refusal {
    let code = match error {
        SealError::PasswordTooShort => "vault/short-password",
        SealError::OutOfMemory { .. } => "vault/memory",
    };
    let next = match error {
        SealError::PasswordTooShort => "Choose a longer one; a few words are easy to remember.",
        SealError::OutOfMemory { .. } => "Close other tabs and try again.",
    };
    Refusal::new(code, capital(&error), next)
}

fn unlock_refusal(error: UnlockError) -> Refusal {
    let (code, next) = match error {
        UnlockError::WrongPassword => (
            "vault/wrong-password",
            "Try again. If it is lost, erase this wallet and import your phrase.",
        ),
        UnlockError::OutOfMemory { .. } => ("vault/memory", "Close other tabs and try again."),
        UnlockError::UnsupportedVersion(_) | UnlockError::UnknownContents => {
            ("vault/newer", "Open it with the newest wallet. Nothing was changed.")
        }
        UnlockError::NotOurs => (
            "vault/damaged",
            "Nothing was deleted. Restore from your phrase or backup in another profile.",
        ),
    };
    Refusal::new(code, capital(&error), next)
}

/// A message of the core as a sentence.
pub(crate) fn capital(error: &impl std::fmt::Display) -> String {
    crate::refusal::sentence(error)
}
