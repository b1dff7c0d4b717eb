use super::*;
use crate::parameters::Parameters;
use crate::session::Origin;
use crate::state::State;
use sessionize_formats::address::Address;
#[cfg(target_os = "unknown")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn key(number: u128) -> Key {
    Key::address(Address::from_bits(number))
}

fn session(last: i64) -> Session {
    Session {
        origin: Origin {
            start: last,
            number: 1,
        },
        last,
        events: 1,
        previous: None,
    }
}

fn put(store: &mut Store, number: u128, last: i64) {
    let entry = store.find(&key(number));
    store.put(entry, key(number), &session(last));
}

fn contents(store: &Store) -> Vec<(u128, i64)> {
    store
        .iter()
        .map(|(key, session)| (key.bits(), session.last))
        .collect()
}

#[test]
fn a_session_comes_back_as_it_went_in() {
    let origin = |start, number| Origin { start, number };
    let far = sessionize_formats::time::MAX;
    let rows = [
        (origin(0, 1), None),
        (origin(far, 1), Some(origin(far - 1, 7))),
        (origin(5, 1), Some(origin(3, 1))),
        (origin(5, 2), Some(origin(5, 1))),
        (origin(5, 9), Some(origin(5, 8))),
    ];
    for (origin, previous) in rows {
        let session = Session {
            origin,
            last: far,
            events: u32::MAX,
            previous,
        };
        let mut store = Store::new(10);
        let key = Key::text(b"k");
        store.put(store.find(&key), key, &session);
        assert_eq!(store.iter().collect::<Vec<_>>(), [(key, session)]);
        assert_eq!(store.session(store.find(&key)), Some(session));
    }
}

#[test]
fn a_session_replaces_all_of_the_one_before() {
    let origin = |start| Origin { start, number: 1 };
    let before = Session {
        previous: Some(origin(1)),
        ..session(7)
    };
    for key in [key(9), Key::text(b"k")] {
        let mut store = Store::new(10);
        store.put(store.find(&key), key, &before);
        store.put(store.find(&key), key, &session(50));
        assert_eq!(store.iter().collect::<Vec<_>>(), [(key, session(50))]);
    }
}

#[test]
fn beyond_max_keys_the_key_idle_longest_is_forgotten() {
    let mut store = Store::new(3);
    for number in [1, 2, 3, 1, 4] {
        put(&mut store, number, number as i64);
    }
    assert_eq!(contents(&store), [(3, 3), (1, 1), (4, 4)]);
}

#[test]
fn expiring_stops_at_the_first_live_key_and_at_its_bound() {
    let mut store = Store::new(10);
    for number in [1, 2, 9, 3] {
        put(&mut store, number, number as i64);
    }
    store.expire(1, 5);
    assert_eq!(contents(&store), [(2, 2), (9, 9), (3, 3)]);
    store.expire(10, 5);
    assert_eq!(contents(&store), [(9, 9), (3, 3)]);
    // A key whose latest event is at the horizon is live.
    store.expire(10, 9);
    assert_eq!(contents(&store), [(9, 9), (3, 3)]);
    assert!(!store.is_empty());
    store.expire(10, 10);
    assert!(store.is_empty());
}

#[test]
fn a_batch_can_be_taken_back_and_only_the_latest_one() {
    let mut store = Store::new(3);
    put(&mut store, 1, 1);
    put(&mut store, 2, 2);
    store.begin_batch();
    let before = contents(&store);
    for (number, last) in [(1, 10), (3, 11), (4, 12), (2, 13), (4, 14), (5, 15)] {
        put(&mut store, number, last);
    }
    assert_eq!(contents(&store), [(2, 13), (4, 14), (5, 15)]);
    store.undo_batch();
    assert_eq!(contents(&store), before);
    store.undo_batch();
    assert_eq!(contents(&store), before);
}

#[test]
fn every_key_is_found_while_the_index_grows_and_after_keys_left() {
    let mut store = Store::new(usize::MAX);
    store.seed(KeyHash::seeded(b"7"));
    for number in 0..20_000 {
        put(&mut store, number, number as i64);
    }
    store.expire(5_000, i64::MAX);
    for number in 20_000..22_000 {
        put(&mut store, number, number as i64);
    }
    assert_eq!(store.slab.len(), 17_000);
    for number in 0..22_000 {
        let found = store.session(store.find(&key(number))).map(|s| s.last);
        let expected = (number >= 5_000).then_some(number as i64);
        assert_eq!(found, expected, "key {number}");
    }
}

/// If a split left the keys where they are, some buckets would become full.
#[test]
fn every_second_new_key_splits_a_bucket() {
    let mut store = Store::new(usize::MAX);
    for number in 0..100_000 {
        put(&mut store, number, number as i64);
    }
    assert_eq!(store.index.buckets(), 50_000);
    assert!(store.index.overflow().is_empty());
}

/// The number of visits shows whether the keys are in one bucket.
#[test]
fn the_seed_decides_which_keys_meet_in_one_bucket() {
    let hash = KeyHash::seeded(b"known");
    let visits_of_find = |store: &mut Store| {
        let find = |lower| visits(store, |store| store.find(&key(hash.collision(lower)))).0;
        (0..index::FULL as u64).map(find).max()
    };
    let filled = |seed: Option<KeyHash>| {
        let mut store = Store::new(usize::MAX);
        seed.into_iter().for_each(|seed| store.seed(seed));
        for lower in 0..index::FULL as u64 {
            put(&mut store, hash.collision(lower), 1);
        }
        store
    };
    let mut met = filled(Some(hash));
    assert_eq!(visits_of_find(&mut met), Some(index::FULL));
    assert!(met.index.overflow().is_empty());
    put(&mut met, hash.collision(index::FULL as u64), 1);
    assert!(!met.index.overflow().is_empty());
    let mut apart = filled(None);
    assert!(visits_of_find(&mut apart) < Some(4));
    // Once there are keys, another seed would hide them.
    apart.seed(hash);
    assert!(visits_of_find(&mut apart) < Some(4));
    assert!(apart.session(apart.find(&key(hash.collision(0)))).is_some());
}

/// Here, too: a state that is seeded finds keys fast that were chosen for another seed.
#[test]
fn the_seed_of_a_state_is_that_of_its_store() {
    let hash = KeyHash::seeded(b"known");
    let visits_of_find = |seed: &[u8]| {
        let mut state = State::new(&Parameters::default());
        state.seed(seed);
        for lower in 0..index::FULL as u64 {
            state.accept(key(hash.collision(lower)), 1);
        }
        // Too late: there are sessions.
        state.seed(b"known");
        let find = |lower| {
            visits(&mut state.store, |store| {
                store.find(&key(hash.collision(lower)))
            })
        };
        (0..index::FULL as u64)
            .map(find)
            .map(|(taken, _)| taken)
            .max()
    };
    assert_eq!(visits_of_find(b"known"), Some(index::FULL));
    assert!(visits_of_find(b"another") < Some(4));
}

/// What it reads shows only in the time that the next operations take, and in the visits.
#[test]
fn keys_are_warmed_once_there_are_more_than_the_caches_hold() {
    let mut state = State::new(&Parameters::default());
    for number in 1..COLD as u128 {
        state.accept(key(number), 1);
    }
    let keys = [key(1), key(2)];
    let visits_of_warm = |state: &State| {
        let before = state.store.slab.visits.get();
        state.warm(&keys);
        state.store.slab.visits.get() - before
    };
    assert_eq!(visits_of_warm(&state), 0);
    state.accept(key(0), 1);
    assert!(visits_of_warm(&state) > 2 * keys.len());
}

#[test]
fn a_search_begins_at_the_first_slot_of_the_bucket() {
    let hash = KeyHash::default();
    let mut store = Store::new(usize::MAX);
    let numbers = [hash.collision(1), hash.collision(2), 3].map(key);
    for key in numbers {
        store.put(store.find(&key), key, &session(1));
    }
    let [one, other, alone] = numbers;
    for (searched, first) in [(one, other), (other, other), (alone, alone)] {
        assert_eq!(
            Some(store.index.first(&searched)),
            store.find(&first).slot,
            "{searched:?}"
        );
    }
}

/// The most visits of slots in one operation, whatever the keys are. A lookup visits a full bucket
/// and descends the tree. An update also visits the slot, and its neighbours in the list before and
/// after. An insert rebalances the tree on the way back, with up to 26 visits for each level.
const LEVELS: usize = 25;
const FIND: usize = index::FULL + 1 + LEVELS;
const UPDATE: usize = FIND + 12;
const INSERT: usize = 3 * index::FULL + 26 * LEVELS;

fn visits<T>(store: &mut Store, work: impl FnOnce(&mut Store) -> T) -> (usize, T) {
    let before = store.slab.visits.get();
    let done = work(store);
    (store.slab.visits.get() - before, done)
}

/// A tree of 100,000 keys has at most 24 levels.
#[test]
fn keys_chosen_to_meet_in_one_bucket_cost_a_bounded_number_of_visits() {
    const KEYS: u64 = 100_000;
    let hash = KeyHash::seeded(b"known");
    let mut store = Store::new(usize::MAX);
    store.seed(hash);
    let (mut find, mut insert, mut update, mut remove) = (0, 0, 0, 0);
    for lower in 0..KEYS {
        let number = hash.collision(lower);
        let (taken, entry) = visits(&mut store, |store| store.find(&key(number)));
        find = find.max(taken);
        let (taken, ()) = visits(&mut store, |store| {
            store.put(entry, key(number), &session(1));
        });
        insert = insert.max(taken);
        store.begin_batch();
    }
    for lower in 0..KEYS {
        let number = hash.collision(lower);
        let (taken, entry) = visits(&mut store, |store| store.find(&key(number)));
        assert!(store.session(entry).is_some(), "key {lower}");
        find = find.max(taken);
        let (taken, ()) = visits(&mut store, |store| put(store, number, 2));
        update = update.max(taken);
        store.begin_batch();
    }
    for _ in 0..KEYS {
        let (taken, ()) = visits(&mut store, |store| store.expire(1, i64::MAX));
        remove = remove.max(taken);
    }
    assert!(store.is_empty());
    assert!(find <= FIND, "finding took {find} visits");
    assert!(insert <= INSERT, "inserting took {insert} visits");
    assert!(update <= UPDATE, "updating took {update} visits");
    assert!(remove <= INSERT, "removing took {remove} visits");
}

#[test]
fn keys_left_in_the_tree_are_found_when_their_bucket_has_room_again() {
    let hash = KeyHash::default();
    let mut store = Store::new(usize::MAX);
    for lower in 0..40 {
        put(&mut store, hash.collision(lower), lower as i64);
    }
    store.expire(20, i64::MAX);
    for lower in 40..50 {
        put(&mut store, hash.collision(lower), lower as i64);
    }
    for lower in 0..50 {
        let entry = store.find(&key(hash.collision(lower)));
        let found = store.session(entry).map(|session| session.last);
        assert_eq!(found, (lower >= 20).then_some(lower as i64), "key {lower}");
    }
}

#[cfg(not(target_os = "unknown"))]
mod properties {
    use super::*;
    use proptest::prelude::*;

    #[derive(Clone, Debug)]
    enum Step {
        Put(u64),
        Expire(usize),
        Begin,
        Undo,
    }

    /// Enough for a full bucket and a tree of some levels.
    const KEYS: u64 = 60;

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            8 => (0..KEYS).prop_map(Step::Put),
            1 => (0usize..8).prop_map(Step::Expire),
            1 => Just(Step::Begin),
            1 => Just(Step::Undo),
        ];
        proptest::collection::vec(step, 0..300)
    }

    proptest! {
        /// The model is a vector in order of arrival; an undo returns to the copy made when the
        /// batch began. In half of the runs, all keys are in one bucket, which changes nothing.
        #[test]
        fn the_store_is_a_list_in_order_of_arrival(
            steps in steps(),
            max_keys in 1usize..=KEYS as usize,
            attack in any::<bool>(),
        ) {
            let hash = KeyHash::seeded(b"known");
            let mut store = Store::new(max_keys);
            if attack {
                store.seed(hash);
            }
            let mut model: Vec<(u128, i64)> = Vec::new();
            let mut saved = model.clone();
            for (time, step) in steps.into_iter().enumerate() {
                let time = time as i64;
                match step {
                    Step::Put(number) => {
                        let number = hash.collision(number);
                        put(&mut store, number, time);
                        model.retain(|(key, _)| *key != number);
                        if model.len() == max_keys {
                            model.remove(0);
                        }
                        model.push((number, time));
                    }
                    // Keys are only expired between batches.
                    Step::Expire(most) => {
                        store.begin_batch();
                        store.expire(most, time / 2);
                        for _ in 0..most {
                            if model.first().is_some_and(|(_, last)| *last < time / 2) {
                                model.remove(0);
                            }
                        }
                        saved = model.clone();
                    }
                    Step::Begin => {
                        store.begin_batch();
                        saved = model.clone();
                    }
                    Step::Undo => {
                        store.undo_batch();
                        model = saved.clone();
                    }
                }
                prop_assert_eq!(contents(&store), model.clone());
                let tree = store.index.overflow().keys(&store.slab);
                tree.map_err(TestCaseError::fail)?;
                for number in 0..KEYS {
                    let number = hash.collision(number);
                    let found = store.session(store.find(&key(number)));
                    prop_assert_eq!(found.is_some(), model.iter().any(|(key, _)| *key == number));
                }
            }
        }
    }
}
