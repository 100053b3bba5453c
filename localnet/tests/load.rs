//! Fifty clients at once, ten thousand transactions, streams open: nothing is lost, nothing is counted
//! twice.

use futures::StreamExt as _;
use localnet::network::{Config, Network, RunningNetwork};
use rpc::proto::FieldMask;
use rpc::proto::soma as proto;
use rpc::proto::soma::ledger_service_client::LedgerServiceClient;
use rpc::proto::soma::state_service_client::StateServiceClient;
use rpc::proto::soma::subscription_service_client::SubscriptionServiceClient;
use rpc::proto::soma::transaction_execution_service_client::TransactionExecutionServiceClient;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tonic::transport::Channel;
use wasm_core::address::{Address, ObjectId};
use wasm_core::keys::Keypair;
use wasm_core::object::{ObjectRef, ObjectType};
use wasm_core::tx::{TransactionData, TransactionKind};

const CLIENTS: usize = 50;
const TRANSACTIONS_OF_A_CLIENT: u64 = 200;
const STREAMS: usize = 5;

/// What all clients together have sent: what each address should have, and every digest.
#[derive(Default)]
struct Book {
    expected: BTreeMap<Address, i128>,
    digests: BTreeSet<String>,
}

fn mask(paths: &[&str]) -> Option<FieldMask> {
    Some(FieldMask { paths: paths.iter().map(|path| (*path).to_owned()).collect() })
}

/// One account with one coin that pays for everything, over a connection of its own.
struct Client {
    key: Keypair,
    coin: ObjectRef,
    others: Vec<Address>,
    validator: Address,
    channel: Channel,
    book: Arc<Mutex<Book>>,
}

impl Client {
    /// Transfers, and now and then a stake, which changes the object that all transactions of its
    /// kind share.
    fn kind(&self, turn: u64) -> (TransactionKind, Address, u64) {
        let amount = 1_000 + turn;
        if turn % 10 == 9 {
            let kind = TransactionKind::AddStake {
                address: self.validator,
                coin_ref: self.coin,
                amount: Some(amount),
            };
            return (kind, Address::ZERO, amount);
        }
        let at = usize::try_from(turn).expect("small") * 7 % self.others.len();
        let recipient = self.others[at];
        let kind =
            TransactionKind::TransferCoin { coin: self.coin, amount: Some(amount), recipient };
        (kind, recipient, amount)
    }

    /// Sends, follows its coin to the next version, and writes down what must have moved.
    async fn send(&mut self, turn: u64) {
        let (kind, recipient, amount) = self.kind(turn);
        let sender = self.key.address();
        let signed = TransactionData::new(kind, sender, vec![self.coin]).sign(&self.key);
        let message = rpc::convert::transaction::transaction_to_proto(&signed.transaction);
        let request = proto::ExecuteTransactionRequest {
            transaction: message.ok(),
            signatures: vec![(&signed.signature).into()],
            read_mask: mask(&["effects"]),
        };
        let mut execution = TransactionExecutionServiceClient::new(self.channel.clone());
        let answer = execution.execute_transaction(request).await.expect("executed").into_inner();
        let effects = answer.transaction.and_then(|it| it.effects).expect("effects");
        let status = effects.status.expect("a status");
        assert_eq!(status.success, Some(true), "{status:?}");
        let coin = self.coin.id.to_string();
        let changed = effects.changed_objects.iter();
        let changed = changed.filter(|it| it.object_id.as_ref() == Some(&coin)).collect::<Vec<_>>();
        let [coin] = changed[..] else { panic!("one coin") };
        self.coin.version = coin.output_version.expect("a version");
        let digest = coin.output_digest.as_deref().expect("a digest");
        self.coin.digest = digest.parse().expect("Base58");
        let fee = effects.fee.and_then(|fee| fee.total_fee).expect("a fee");
        let mut book = self.book.lock().expect("nobody panics with it");
        *book.expected.entry(sender).or_default() -= i128::from(amount + fee);
        *book.expected.entry(recipient).or_default() += i128::from(amount);
        assert!(book.digests.insert(signed.transaction.digest().to_string()));
    }
}

async fn connect(network: &RunningNetwork) -> Channel {
    let channel = Channel::from_shared(network.rpc_url.clone()).expect("a URL");
    channel.connect().await.expect("a connection")
}

fn clients(network: &RunningNetwork, channels: &[Channel], book: &Arc<Mutex<Book>>) -> Vec<Client> {
    let ledger = network.node().ledger();
    let addresses: Vec<Address> = network.accounts.iter().map(Keypair::address).collect();
    let validator = network.validators[0].account.address();
    let client = |(key, channel): (&Keypair, &Channel)| {
        let coins = ledger.owned(key.address(), Some(ObjectType::Coin));
        Client {
            key: Keypair::derive(&key.expose_seed()),
            coin: coins[0].reference().expect("an id"),
            others: addresses.iter().copied().filter(|it| *it != key.address()).collect(),
            validator,
            channel: channel.clone(),
            book: Arc::clone(book),
        }
    };
    network.accounts.iter().zip(channels).map(client).collect()
}

/// Follows the checkpoints until all of so many users' transactions were seen, each once.
async fn follow(channel: Channel, count: usize) -> BTreeSet<String> {
    let request = proto::SubscribeCheckpointsRequest {
        read_mask: mask(&["sequence_number", "transactions.digest", "transactions.signatures"]),
    };
    let mut subscription = SubscriptionServiceClient::new(channel);
    let stream = subscription.subscribe_checkpoints(request).await.expect("a stream");
    let mut stream = stream.into_inner();
    let (mut seen, mut last) = (BTreeSet::new(), None);
    while seen.len() < count {
        let message = stream.next().await.expect("the stream goes on").expect("a checkpoint");
        let cursor = message.cursor.expect("a cursor");
        assert!(last.is_none_or(|last| last + 1 == cursor), "no gaps");
        last = Some(cursor);
        for transaction in message.checkpoint.expect("a checkpoint").transactions {
            if !transaction.signatures.is_empty() {
                let digest = transaction.digest.expect("a digest");
                assert!(seen.insert(digest), "each transaction once");
            }
        }
    }
    seen
}

/// Compares what each account has with what was written down.
async fn check_balances(network: &RunningNetwork, channel: &Channel, book: &Book) {
    let mut state = StateServiceClient::new(channel.clone());
    for key in &network.accounts {
        let owner = key.address();
        let request = proto::GetBalanceRequest { owner: Some(owner.to_string()) };
        let answer = state.get_balance(request).await.expect("a balance").into_inner();
        let expected = i128::from(network.account_balance.0) + book.expected[&owner];
        assert_eq!(answer.balance.map(i128::from), Some(expected), "{owner}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_clients_lose_no_shannon_and_no_transaction() {
    let config = Config { accounts: CLIENTS, demo: true, ..Config::for_tests() };
    let network = Network::start(config).await.expect("a network");
    let book = Arc::new(Mutex::new(Book::default()));
    let mut channels = Vec::new();
    for _ in 0..CLIENTS {
        channels.push(connect(&network).await);
    }
    let count = CLIENTS * usize::try_from(TRANSACTIONS_OF_A_CLIENT).expect("small");
    let streams: Vec<_> =
        channels[..STREAMS].iter().map(|it| tokio::spawn(follow(it.clone(), count))).collect();
    // The streams begin with the next checkpoint, so they have to be there before the first is cut.
    tokio::time::timeout(Duration::from_secs(120), async {
        while network.node().subscribers() < STREAMS {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .expect("all streams are open");

    let clients = clients(&network, &channels, &book);
    let work = clients.into_iter().map(|mut client| {
        tokio::spawn(async move {
            for turn in 0..TRANSACTIONS_OF_A_CLIENT {
                client.send(turn).await;
            }
        })
    });
    for done in futures::future::join_all(work).await {
        done.expect("a client came through");
    }

    let seen: Vec<BTreeSet<String>> = futures::future::join_all(streams)
        .await
        .into_iter()
        .map(|seen| seen.expect("a stream came through"))
        .collect();
    network.audit().expect("every shannon is where the rules have put it");
    {
        let book = std::mem::take(&mut *book.lock().expect("nobody panics with it"));
        assert!(seen.iter().all(|seen| *seen == book.digests));
        check_balances(&network, &channels[0], &book).await;
        let ledger = network.node().ledger();
        let stakes = ledger.objects().filter(|it| it.data.object_type == ObjectType::StakedSoma);
        let of_clients = |id: ObjectId| ledger.object(&id).and_then(|it| it.owner.address());
        let stakes = stakes.filter_map(|it| of_clients(it.id().ok()?));
        let stakes = stakes.filter(|owner| book.expected.contains_key(owner)).count();
        // One in ten, and two models of each of three accounts.
        assert_eq!(stakes, count / 10 + 6);
    }
    let mut ledger = LedgerServiceClient::new(channels[0].clone());
    let info = ledger.get_service_info(proto::GetServiceInfoRequest {}).await.expect("it answers");
    assert!(info.into_inner().checkpoint_height > Some(0));
}
