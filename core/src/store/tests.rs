use super::*;
use crate::address::Address;
use crate::session::Origin;
#[cfg(target_arch = "wasm32")]
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
    let place = store.find(&key(number));
    store.put(place, key(number), &session(last));
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
    let far = crate::timestamp::MAX;
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
fn beyond_max_keys_the_key_idle_longest_is_forgotten() {
    let mut store = Store::new(3);
    for number in [1, 2, 3, 1, 4] {
        put(&mut store, number, number as i64);
    }
    assert_eq!(contents(&store), [(3, 3), (1, 1), (4, 4)]);
}

#[test]
fn retiring_stops_at_the_first_live_key_and_at_its_bound() {
    let mut store = Store::new(10);
    for number in [1, 2, 9, 3] {
        put(&mut store, number, number as i64);
    }
    store.retire(1, |session| session.last < 5);
    assert_eq!(contents(&store), [(2, 2), (9, 9), (3, 3)]);
    store.retire(10, |session| session.last < 5);
    assert_eq!(contents(&store), [(9, 9), (3, 3)]);
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
    store.seed(7);
    for number in 0..20_000 {
        put(&mut store, number, number as i64);
    }
    store.retire(5_000, |_| true);
    for number in 20_000..22_000 {
        put(&mut store, number, number as i64);
    }
    assert_eq!(store.len(), 17_000);
    for number in 0..22_000 {
        let found = store.session(store.find(&key(number))).map(|s| s.last);
        let expected = (number >= 5_000).then_some(number as i64);
        assert_eq!(found, expected, "key {number}");
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod properties {
    use super::*;
    use proptest::prelude::*;

    #[derive(Clone, Debug)]
    enum Step {
        Put(u128),
        Retire(usize),
        Begin,
        Undo,
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            8 => (0u128..12).prop_map(Step::Put),
            1 => (0usize..4).prop_map(Step::Retire),
            1 => Just(Step::Begin),
            1 => Just(Step::Undo),
        ];
        proptest::collection::vec(step, 0..200)
    }

    proptest! {
        /// A vector in order of arrival is the model; an undo is a return to the copy made when the batch began.
        #[test]
        fn the_store_is_a_list_in_order_of_arrival(steps in steps(), max_keys in 1usize..8) {
            let mut store = Store::new(max_keys);
            let mut model: Vec<(u128, i64)> = Vec::new();
            let mut saved = model.clone();
            for (time, step) in steps.into_iter().enumerate() {
                let time = time as i64;
                match step {
                    Step::Put(number) => {
                        put(&mut store, number, time);
                        model.retain(|(key, _)| *key != number);
                        if model.len() == max_keys {
                            model.remove(0);
                        }
                        model.push((number, time));
                    }
                    // Keys are only retired between batches.
                    Step::Retire(most) => {
                        store.begin_batch();
                        store.retire(most, |session| session.last < time / 2);
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
            }
        }
    }
}
