//! The same vectors as `vectors.rs`, on wasm32: what a browser computes is what the network does.

#![cfg(target_arch = "wasm32")]

use wasm_bindgen_test::wasm_bindgen_test;

macro_rules! vectors {
    ($($name:ident $path:literal)*) => {$(
        #[wasm_bindgen_test]
        fn $name() {
            let json = include_str!(concat!("vectors/protocol/", $path));
            let name = $path.rsplit('/').next().unwrap();
            if let Err(error) = tests::check(name, json) {
                panic!("{error:#}");
            }
        }
    )*};
}

vectors! {
    addresses "addresses.json"
    aes_ctr "aes_ctr.json"
    checkpoints "checkpoints.json"
    commitments "commitments.json"
    effects "effects.json"
    execution_errors "execution_errors.json"
    grpc_bcs_codec "grpc_bcs_codec.json"
    keys "keys.json"
    map_order "map_order.json"
    mnemonics "mnemonics.json"
    multisig "multisig.json"
    object_ids "object_ids.json"
    objects "objects.json"
    proof_of_possession "proof_of_possession.json"
    protocol_configs "protocol_configs.json"
    system_state "system_state.json"
    transactions "transactions.json"
    coins "execution/coins.json"
    difficulty_v1 "execution/difficulty_v1.json"
    models "execution/models.json"
    quirks "execution/quirks.json"
    staking "execution/staking.json"
    targets "execution/targets.json"
    targets_v2 "execution/targets_v2.json"
    targets_v4 "execution/targets_v4.json"
    upgrades "execution/upgrades.json"
}
