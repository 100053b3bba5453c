//! Copies of a proposal that went different ways: in whatever order they come together, the same is
//! left, and it is what all of them hold.

use crate::strategies;
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, proptest};
use proptest::sample::subsequence;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
use wasm_core::digest::CheckpointDigest;
use wasm_core::keys::Keypair;
use wasm_core::multisig::{Proposal, read, split};
use wasm_core::tx::TransactionData;
use wasm_core::tx::multisig::MultiSigPublicKey;

fn key(seed: u8) -> Keypair {
    Keypair::derive(&[seed; 32])
}

/// An account of some members and weights, and a transaction of it that nobody has signed.
fn proposal() -> impl Strategy<Value = Proposal> {
    let weights = vec(1..=u8::MAX, 1..=10);
    let threshold = any::<proptest::sample::Index>();
    let chain = any::<[u8; 32]>().prop_map(CheckpointDigest);
    (weights, threshold, chain, strategies::transaction()).prop_filter_map(
        "the system's transactions are nobody's to sign",
        |(weights, threshold, chain, transaction)| {
            let total: u16 = weights.iter().map(|weight| u16::from(*weight)).sum();
            let threshold = u16::try_from(threshold.index(usize::from(total))).ok()? + 1;
            let members = (0..).zip(weights).map(|(seed, weight)| (key(seed).public_key(), weight));
            let account = MultiSigPublicKey::new(members.collect(), threshold).ok()?;
            let (kind, gas) = (transaction.kind().clone(), transaction.gas_payment().to_vec());
            let transaction = TransactionData::new(kind, account.address(), gas);
            // What cannot be read back is no wallet's: addresses of files have a normal form.
            TransactionData::from_bytes(&transaction.to_bytes()).ok()?;
            Proposal::new(chain, transaction, account).ok()
        },
    )
}

fn sign(proposal: &mut Proposal, seed: usize) {
    let key = key(u8::try_from(seed).expect("ten members"));
    let signature = key.sign(&proposal.transaction().signing_digest());
    proposal.add(&key.public_key(), signature).expect("a member who has not signed");
}

/// A proposal, and copies of it, each signed by some members, in two orders.
fn copies() -> impl Strategy<Value = (Proposal, Vec<Proposal>, Vec<Proposal>)> {
    proposal()
        .prop_flat_map(|proposal| {
            let members: Vec<usize> = (0..proposal.members().len()).collect();
            let most = members.len();
            (Just(proposal), vec(subsequence(members, 0..=most), 1..6))
        })
        .prop_flat_map(|(proposal, signers)| {
            let copy = |signers: &Vec<usize>| {
                let mut copy = proposal.clone();
                signers.iter().for_each(|seed| sign(&mut copy, *seed));
                copy
            };
            let copies: Vec<Proposal> = signers.iter().map(copy).collect();
            (Just(proposal), Just(copies.clone()), Just(copies).prop_shuffle())
        })
}

fn merged(start: &Proposal, copies: &[Proposal]) -> Proposal {
    let mut all = start.clone();
    for copy in copies {
        all.merge(copy).expect("copies of the same");
    }
    all
}

proptest! {
    #[test]
    fn the_order_of_copies_does_not_matter((start, one, other) in copies()) {
        let all = merged(&start, &one);
        prop_assert_eq!(&all, &merged(&start, &other));
        // Nor how they were put together on the way, nor how often.
        let (head, tail) = one.split_at(one.len() / 2);
        let mut halves = merged(&start, head);
        halves.merge(&merged(&start, tail)).expect("copies of the same");
        prop_assert_eq!(&halves, &all);
        prop_assert_eq!(&merged(&all, &one), &all);
        for (at, member) in all.members().iter().enumerate() {
            let somewhere = one.iter().any(|copy| copy.members()[at].has_signed);
            prop_assert_eq!(member.has_signed, somewhere);
        }
        match all.combine() {
            Ok(signature) => {
                prop_assert!(all.is_complete());
                prop_assert_eq!(signature.verify(all.transaction()), Ok(()));
            }
            Err(_) => prop_assert!(!all.is_complete()),
        }
    }

    #[test]
    fn a_text_and_its_parts_bring_the_same_back((start, copies, _) in copies(), length in 100..900_usize) {
        let all = merged(&start, &copies);
        let text = all.to_text();
        prop_assert_eq!(read(&text), Ok(all.clone()));
        prop_assert_eq!(read(&text).map(|all| all.to_text()), Ok(text.clone()));
        if let Ok(mut parts) = split(&text, length) {
            parts.reverse();
            prop_assert_eq!(read(&parts.join("\n")), Ok(all));
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "(soma-multisig-[0-9]{0,3}[.])?[A-Za-z0-9_. #-]{0,300}") {
        let _ = read(&text);
    }
}
