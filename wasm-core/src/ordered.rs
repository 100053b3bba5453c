//! Sets as the chain writes them: in ascending order, each member once. Any other order would be a second
//! way of writing the same set, with another digest.

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::marker::PhantomData;

struct Ordered<T>(BTreeSet<T>);

impl<'de, T: Ord + Deserialize<'de>> Deserialize<'de> for Ordered<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members<T>(PhantomData<T>);
        impl<'de, T: Ord + Deserialize<'de>> Visitor<'de> for Members<T> {
            type Value = BTreeSet<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a set in ascending order")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut set = BTreeSet::new();
                while let Some(member) = seq.next_element()? {
                    if set.last().is_some_and(|last| *last >= member) {
                        return Err(A::Error::custom("a set that is not in ascending order"));
                    }
                    set.insert(member);
                }
                Ok(set)
            }
        }
        deserializer.deserialize_seq(Members(PhantomData)).map(Self)
    }
}

/// Reads a set; for `#[serde(deserialize_with)]`.
pub(crate) fn set<'de, T, D>(deserializer: D) -> Result<BTreeSet<T>, D::Error>
where
    T: Ord + Deserialize<'de>,
    D: Deserializer<'de>,
{
    Ordered::deserialize(deserializer).map(|Ordered(set)| set)
}

/// Reads a map of sets; for `#[serde(deserialize_with)]`.
pub(crate) fn sets<'de, K, T, D>(deserializer: D) -> Result<BTreeMap<K, BTreeSet<T>>, D::Error>
where
    K: Ord + Deserialize<'de>,
    T: Ord + Deserialize<'de>,
    D: Deserializer<'de>,
{
    let sets = BTreeMap::<K, Ordered<T>>::deserialize(deserializer)?;
    Ok(sets.into_iter().map(|(key, Ordered(set))| (key, set)).collect())
}

#[cfg(test)]
mod tests {
    use super::{set, sets};
    use serde::{Deserialize, Serialize};
    use std::collections::{BTreeMap, BTreeSet};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Both {
        #[serde(deserialize_with = "set")]
        set: BTreeSet<u8>,
        #[serde(deserialize_with = "sets")]
        sets: BTreeMap<u8, BTreeSet<u8>>,
    }

    #[test]
    fn sets_survive_in_their_order() {
        let both = Both { set: [3, 1].into(), sets: [(7, [9, 8].into()), (6, [].into())].into() };
        let bytes = [2, 1, 3, 2, 6, 0, 7, 2, 8, 9];
        assert_eq!(bcs::to_bytes(&both).unwrap(), bytes);
        assert_eq!(bcs::from_bytes::<Both>(&bytes).unwrap(), both);
        let text = serde_json::to_string(&both).unwrap();
        assert_eq!(serde_json::from_str::<Both>(&text).unwrap(), both);
    }

    #[test]
    fn a_set_in_another_order_is_refused() {
        let other: [&[u8]; 3] = [&[2, 3, 1, 0], &[2, 1, 1, 0], &[0, 1, 7, 2, 9, 8]];
        for bytes in other {
            let refused = bcs::from_bytes::<Both>(bytes).unwrap_err().to_string();
            assert!(refused.contains("ascending order"), "{bytes:?}: {refused}");
        }
    }
}
