//! Good inputs, out of the recorded vectors: a fuzzer that begins with them is past the first tags.

use base64ct::{Base64, Encoding as _};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use wasm_core::digest::CheckpointDigest;
use wasm_core::multisig::{Proposal, split};
use wasm_core::tx::TransactionData;
use wasm_core::tx::sign::UserSignature;

/// Inputs by target and name.
pub(crate) type Seeds = BTreeMap<(&'static str, String), Vec<u8>>;

/// The largest input worth its place in the repository.
const MOST: usize = 6 << 10;

fn vectors(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors").join(name);
    serde_json::from_slice(&std::fs::read(path).expect("the vectors are there")).expect("JSON")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().expect("a text")).expect("hex")
}

fn plain(name: &str) -> String {
    let keep = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    name.chars().map(keep).collect()
}

fn add(seeds: &mut Seeds, target: &'static str, name: &str, bytes: Vec<u8>) {
    if bytes.len() <= MOST {
        seeds.insert((target, plain(name)), bytes);
    }
}

/// All of them.
pub(crate) fn all() -> Seeds {
    let mut seeds = Seeds::new();
    transactions(&mut seeds);
    objects(&mut seeds);
    effects(&mut seeds);
    states(&mut seeds);
    checkpoints(&mut seeds);
    services(&mut seeds);
    answers(&mut seeds);
    keys(&mut seeds);
    texts(&mut seeds);
    files(&mut seeds);
    messages(&mut seeds);
    seeds
}

fn transactions(seeds: &mut Seeds) {
    let mut kinds = std::collections::BTreeSet::new();
    for vector in list(&vectors("protocol/transactions.json")) {
        let name = vector["name"].as_str().expect("a name");
        // One of each kind, and the odd ones.
        let is_new = kinds.insert(vector["kind_index"].as_u64());
        let is_odd = !vector["server_roundtrip_equal"].as_bool().expect("yes or no");
        if is_new || is_odd {
            add(seeds, "transaction", name, bytes(&vector["transaction_data_bcs"]));
            let request = bytes(&vector["proto_execute_request_no_mask"]);
            add(seeds, "proto_transaction", name, request);
        }
        if is_new && kinds.len() % 6 == 1 {
            let signed = bytes(&vector["signed_transaction_bcs"]);
            add(seeds, "signed_transaction", name, signed);
            add(seeds, "signature", name, bytes(&vector["signature"]));
        }
    }
    for (at, vector) in list(&vectors("protocol/multisig.json")).iter().enumerate() {
        let signature = bytes(&vector["serialized_signature"]);
        proposals(seeds, at, &bytes(&vector["transaction_data_bcs"]), &signature);
        add(seeds, "signature", &format!("multisig-{at}"), signature);
    }
}

/// The texts that a recorded signature of several would have travelled in.
fn proposals(seeds: &mut Seeds, at: usize, transaction: &[u8], signature: &[u8]) {
    let text = Base64::encode_string(signature);
    add(seeds, "multisig", &format!("combined-{at}"), text.into_bytes());
    let signature = UserSignature::from_bytes(signature).expect("a signature");
    let UserSignature::MultiSig(multisig) = &signature else { panic!("of several") };
    let transaction = TransactionData::from_bytes(transaction).expect("a transaction");
    let chain = CheckpointDigest([3; 32]);
    let account = multisig.multisig_pk.clone();
    let mut proposal = Proposal::new(chain, transaction, account).expect("a proposal");
    add(seeds, "multisig", &format!("unsigned-{at}"), proposal.to_text().into_bytes());
    proposal.add_signature(&signature).expect("it was recorded");
    add(seeds, "multisig", &format!("signed-{at}"), proposal.to_text().into_bytes());
    let parts = split(&proposal.to_text(), 200).expect("few");
    add(seeds, "multisig", &format!("parts-{at}"), parts.join("\n").into_bytes());
}

fn objects(seeds: &mut Seeds) {
    for (at, vector) in list(&vectors("protocol/objects.json")).iter().enumerate() {
        let name = format!("{}-{at}", vector["object_type"].as_str().expect("a type"));
        add(seeds, "object", &name, bytes(&vector["object_bcs"]));
        let message = bytes(&vector["proto"]);
        if at < 2 {
            let answer = frame(&[&[0x0a], &varint(message.len())[..], &message].concat());
            add(seeds, "answer", &name, [&[2, 3, 1, 7, 100][..], &answer].concat());
        }
        add(seeds, "proto_object", &name, message);
        if let Some(listed) = vector["target_proto"].as_str() {
            add(seeds, "proto_target", &name, hex::decode(listed).expect("hex"));
        }
    }
}

fn effects(seeds: &mut Seeds) {
    for vector in list(&vectors("protocol/effects.json")) {
        let name = vector["name"].as_str().expect("a name");
        add(seeds, "effects", name, bytes(&vector["effects_bcs"]));
        // Field 4 of an executed transaction.
        if let Some(message) = vector["proto"].as_str() {
            let message = hex::decode(message).expect("hex");
            let executed = [&[0x22][..], &varint(message.len()), &message].concat();
            add(seeds, "proto_executed", name, executed.clone());
            if name.len() % 3 == 0 {
                add(seeds, "proto_checkpoint", name, checkpoint_with(&executed));
            }
        }
    }
    for vector in list(&vectors("protocol/execution_errors.json")["execution_failure_status"]) {
        let name = vector["name"].as_str().expect("a name");
        let status = bytes(&vector["status_bcs"]);
        // The rest of empty effects.
        let rest = [&[0; 40][..], &[32], &[0; 32], &[0, 0], &[0; 8], &[0, 0]].concat();
        if status.len() > 2 {
            add(seeds, "effects", &format!("failed-{name}"), [&[0][..], &status, &rest].concat());
        }
    }
}

/// A checkpoint of the wire with a number, a summary and one transaction.
fn checkpoint_with(executed: &[u8]) -> Vec<u8> {
    use prost::Message as _;
    use rpc::proto::soma as proto;
    let transaction = proto::ExecutedTransaction::decode(executed).expect("a message");
    let sender = Some("0x5".to_owned());
    let summary = proto::CheckpointSummary {
        epoch: Some(1),
        timestamp: Some(rpc::convert::timestamp(1_760_000_000_000)),
        ..proto::CheckpointSummary::default()
    };
    let transaction = proto::ExecutedTransaction {
        transaction: Some(proto::Transaction { sender, ..proto::Transaction::default() }),
        ..transaction
    };
    let checkpoint = proto::Checkpoint {
        sequence_number: Some(7),
        summary: Some(summary),
        transactions: vec![transaction],
        ..proto::Checkpoint::default()
    };
    checkpoint.encode_to_vec()
}

fn states(seeds: &mut Seeds) {
    use prost::Message as _;
    use rpc::proto::soma as proto;
    for vector in list(&vectors("protocol/system_state.json")) {
        let name = vector["name"].as_str().expect("a name");
        add(seeds, "system_state", name, bytes(&vector["system_state_bcs"]));
        let state = proto::SystemState::decode(&bytes(&vector["proto"])[..]).expect("a message");
        let epoch = proto::Epoch { system_state: Some(state), ..proto::Epoch::default() };
        add(seeds, "proto_epoch", name, epoch.encode_to_vec());
    }
    let scenario = vectors("protocol/execution/models.json");
    let objects = scenario["objects"].as_object().expect("objects");
    let state = |version: &u32| {
        let key = format!("0x{:0>64}@{version}", 5);
        objects.get(&key).map(bytes)
    };
    for (at, object) in [1, 6, 12, 20].iter().filter_map(state).enumerate() {
        add(seeds, "object", &format!("scenario-{at}"), object);
    }
}

fn checkpoints(seeds: &mut Seeds) {
    let vectors = vectors("protocol/checkpoints.json");
    for (at, vector) in list(&vectors["contents"]).iter().enumerate() {
        add(seeds, "checkpoint", &format!("contents-{at}"), bytes(&vector["contents_bcs"]));
    }
    for (at, vector) in list(&vectors["summaries"]).iter().enumerate() {
        add(seeds, "checkpoint", &format!("summary-{at}"), bytes(&vector["summary_bcs"]));
    }
}

fn services(seeds: &mut Seeds) {
    let messages = [
        "GasRequest",
        "GasResponse",
        "ScoreRequest",
        "ScoreResponse",
        "HealthRequest",
        "HealthResponse",
        "AdvanceEpochRequest",
        "AdvanceEpochResponse",
    ];
    for (at, vector) in list(&vectors("protocol/grpc_bcs_codec.json")).iter().enumerate() {
        let name = vector["message"].as_str().expect("a name");
        let which = messages.iter().position(|known| *known == name).expect("a known message");
        let which = u8::try_from(which).expect("few messages");
        let message = bytes(&vector["encoded"]["bcs"]);
        add(seeds, "services", &format!("{name}-{at}"), [&[which][..], &message].concat());
    }
}

fn varint(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = u8::try_from(number & 0x7f).expect("seven bits");
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

const GOOD_END: &[u8] = b"\x80\0\0\0\x0fgrpc-status:0\r\n";

fn frame(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).expect("a short message").to_be_bytes();
    [&[0][..], &length, message, GOOD_END].concat()
}

fn answers(seeds: &mut Seeds) {
    let whole = [&frame(b"abc")[..], b"more"].concat();
    add(seeds, "grpc_web", "pieces", [&[3, 1, 5, 9][..], &whole].concat());
    let two = [b"\0\0\0\0\x03abc\0\0\0\0\0", GOOD_END].concat();
    add(seeds, "grpc_web", "two-messages", [&[2, 4, 7][..], &two].concat());
    let refused = b"\x80\0\0\0\x22grpc-status: 5\r\ngrpc-message:a%3A\r\n";
    add(seeds, "grpc_web", "refused", [&[1, 20][..], refused].concat());
    add(seeds, "answer", "refused", [&[0, 1, 20][..], refused].concat());
    // chain_id, chain, epoch, checkpoint_height and server of a service info
    let chain = "1".repeat(32);
    let info = rpc::proto::soma::GetServiceInfoResponse {
        chain_id: Some(chain),
        chain: Some("localnet".to_owned()),
        epoch: Some(3),
        checkpoint_height: Some(9),
        server: Some("soma-node/0.1".to_owned()),
        ..Default::default()
    };
    let info = prost::Message::encode_to_vec(&info);
    add(seeds, "answer", "service-info", [&[0, 0][..], &frame(&info)].concat());

    use prost::Message as _;
    use rpc::proto::google_rpc::{BadRequest, Status, bad_request::FieldViolation};
    let violation = FieldViolation {
        field: "sender".to_owned(),
        description: "missing".to_owned(),
        reason: "FIELD_MISSING".to_owned(),
    };
    let request = BadRequest { field_violations: vec![violation] };
    let mut status = Status { code: 3, message: "no".to_owned(), ..Status::default() };
    status.details.push(prost_types::Any {
        type_url: "type.googleapis.com/google.rpc.BadRequest".to_owned(),
        value: request.encode_to_vec(),
    });
    let details = status.encode_to_vec();
    add(seeds, "status_details", "bad-request", [&[3, 2][..], b"no", &details].concat());
    let id = "ab".repeat(32);
    let locked = format!("Object (0x{id}, Version(7), o#1) already locked by a different one");
    let length = u8::try_from(locked.len()).expect("a short text");
    add(seeds, "status_details", "locked", [&[9, length][..], locked.as_bytes()].concat());
}

fn keys(seeds: &mut Seeds) {
    let keys = vectors("protocol/keys.json");
    let text = |value: &Value| value.as_str().expect("a text").as_bytes().to_vec();
    for (at, vector) in list(&keys).iter().enumerate().take(3) {
        for form in ["bech32", "keystore_base64", "public_key_base64", "secret_key"] {
            add(seeds, "key", &format!("{form}-{at}"), text(&vector[form]));
        }
        add(seeds, "address", &format!("digits-{at}"), text(&vector["address_display"]));
    }
    let in_base64: Vec<_> = list(&keys).iter().map(|key| key["keystore_base64"].clone()).collect();
    let file = serde_json::to_vec_pretty(&in_base64).expect("a list of texts");
    add(seeds, "keystore", "keys", file);
    let aliases: Vec<_> = list(&keys)
        .iter()
        .enumerate()
        .map(|(at, key)| {
            serde_json::json!({
                "alias": format!("name-{at}"),
                "public_key_base64": key["public_key_base64"],
            })
        })
        .collect();
    add(seeds, "keystore", "aliases", serde_json::to_vec(&aliases).expect("a list"));
    for vector in list(&vectors("protocol/mnemonics.json")) {
        let name = format!("words-{}", vector["words"]);
        add(seeds, "mnemonic", &name, text(&vector["mnemonic"]));
    }
    add(seeds, "mnemonic", "path", b"m/44'/784'/0'/0'/0'".to_vec());
}

fn texts(seeds: &mut Seeds) {
    for (at, vector) in list(&vectors("protocol/addresses.json")["parse"]).iter().enumerate() {
        let text = vector["text"].as_str().expect("a text");
        add(seeds, "address", &format!("text-{at}"), text.into());
    }
    for (at, vector) in list(&vectors("protocol/commitments.json")["data"]).iter().enumerate() {
        let text = vector["base58"].as_str().expect("a text");
        add(seeds, "address", &format!("digest-{at}"), text.into());
    }
    for (at, text) in
        ["0", "1.25", ".5", "2.", "18446744073.709551615", "0.000000001"].iter().enumerate()
    {
        add(seeds, "amount", &format!("text-{at}"), text.as_bytes().to_vec());
    }
    for (at, text) in [
        "https://example.com",
        " HTTPS://EXAMPLE.com:443/a/../b c ",
        "http://b\u{fc}cher.example/",
        "https://user:pass@[::1]:8080/%7E/?q=\u{e4}#\u{e9}",
        "http://0x7f.1/./../%2e%2E/",
        "ipfs://a/b",
        "data:text/plain,a b ",
    ]
    .iter()
    .enumerate()
    {
        add(seeds, "url", &format!("text-{at}"), text.as_bytes().to_vec());
    }
}

fn files(seeds: &mut Seeds) {
    let with = |dimension: u8, rest: &[u8]| [&[dimension][..], rest].concat();
    add(seeds, "embedding", "json", with(3, b"[0.1, -0.0, 3e-5]"));
    add(seeds, "embedding", "words", with(4, b"0.1 -0\n3e-5\t, 7"));
    let floats = [1.5_f32, -0.0, f32::MIN_POSITIVE].map(f32::to_le_bytes).concat();
    add(seeds, "embedding", "bytes", with(3, &floats));
    for (name, header, values) in [
        (
            "two",
            r#"{"__metadata__":{"format":"pt"},"b":{"dtype":"BF16","shape":[2,3],"data_offsets":[16,28]},"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}  "#,
            28_u64,
        ),
        ("none", r#"{"n":{"dtype":"I64","shape":[0,9],"data_offsets":[0,0]}}"#, 0),
        ("packed", r#"{"n":{"dtype":"F4","shape":[2,2],"data_offsets":[0,2]}}"#, 2),
        (
            "huge",
            r#"{"w":{"dtype":"F32","shape":[5,1073741824],"data_offsets":[0,21474836480]}}"#,
            5 << 32,
        ),
    ] {
        let length = (header.len() as u64).to_le_bytes();
        let input = [&values.to_le_bytes()[..], &[6], &length, header.as_bytes()].concat();
        add(seeds, "safetensors", name, input);
    }
    let key = |first: u8, length: usize| {
        let bytes = [&[first][..], &vec![7; length - 1]].concat();
        Base64::encode_string(&bytes)
    };
    let ed25519 = |at: u8| {
        let key = wasm_core::keys::Keypair::derive(&[at; 32]).public_key();
        Base64::encode_string(key.as_bytes())
    };
    let info = format!(
        "---\ninfo:\n  account-address: \"{}\"\n  protocol-key: {}\n  worker-key: {}\n  \
         network-key: {}\n  proof-of-possession:\n{}  commission-rate: 200\n  \
         network-address: /dns/node.example/tcp/8080/http\n  \
         p2p-address: /ip4/127.0.0.1/udp/84/quic-v1\n  \
         primary-address: /ip6/::1/tcp/8081\n  proxy-address: /dns4/a/tcp/1/tls\n",
        "12".repeat(32),
        key(0x91, 96),
        ed25519(1),
        ed25519(2),
        "    - 138\n".repeat(48),
    );
    assert!(wasm_core::validator_info::ValidatorInfo::parse(&info).is_ok());
    add(seeds, "validator_info", "whole", info.into_bytes());
    let address = b"/dns/node.example/tcp/8080/http";
    add(seeds, "validator_info", "address", address.to_vec());
    add(seeds, "content_range", "whole", b"bytes 5-9/10".to_vec());
    add(seeds, "content_range", "open", b" Bytes 5-9/* ".to_vec());

    for (file, version) in [("vault/version-1.json", ""), ("vault/version-2.json", "-2")] {
        let vault = vectors(file);
        for kind in ["vault", "wallet_backup", "model_backup"] {
            let contents = vault[kind]["contents"].as_str().expect("a text");
            let name = format!("{kind}{version}");
            add(seeds, "vault_envelope", &name, bytes(&vault[kind]["envelope"]));
            add(seeds, "vault_contents", &name, contents.into());
        }
    }
}

fn messages(seeds: &mut Seeds) {
    let address = format!("0x{:0>64}", 5);
    let backup = Base64::encode_string(b"a backup");
    for (at, text) in [
        r#"[1,"Status"]"#.to_owned(),
        r#"[2,{"DraftPhrase":{"words":12}}]"#.to_owned(),
        r#"[3,{"Unlock":"a password"}]"#.to_owned(),
        r#"[4,{"CreateWallet":{"answers":[{"position":3,"word":"owl"}],"password":"pass"}}]"#.to_owned(),
        r#"[5,{"SetAutoLock":{"minutes":null}}]"#.to_owned(),
        format!(r#"[6,{{"PrepareSend":{{"recipient":"{address}","amount":{{"Exact":7}}}}}}]"#),
        format!(r#"[7,{{"InspectImport":{{"Backup":{{"contents":"{backup}","password":"p"}}}}}}]"#),
        r#"[8,{"StartPublish":{"name":"owl","subject":"New","embedding":[0.5,-1e-7],"destination":"SaveToDisk","upload_link":null}}]"#.to_owned(),
        r#"{"Ready":{"version":1}}"#.to_owned(),
        r#"{"Reply":{"id":1,"result":{"Ok":{"Status":"Absent"}}}}"#.to_owned(),
        r#"{"Reply":{"id":1,"result":{"Err":{"code":"a/b","what":"c","next":"d","retry":true}}}}"#.to_owned(),
    ]
    .into_iter()
    .enumerate()
    {
        add(seeds, "page_message", &format!("{at}"), text.into_bytes());
    }
}
