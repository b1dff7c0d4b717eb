//! A balanced search tree of slots, in order of their keys (AVL: Adelson-Velsky and Landis 1962).
//!
//! Whatever the keys are, the tree has at most 1.44 times as many levels as the binary logarithm of
//! their number: 37 for 64,000,000 keys, the most that a store may hold. This also bounds how deep
//! the functions here recurse.

use std::cmp::Ordering;

use super::slab::Slab;
use super::slot::{NONE, Side, Slot, SlotId};
use crate::key::Key;

pub(super) struct Tree {
    root: SlotId,
}

impl Default for Tree {
    fn default() -> Self {
        Tree { root: NONE }
    }
}

impl Tree {
    pub(super) fn is_empty(&self) -> bool {
        self.root == NONE
    }

    pub(super) fn find(&self, slab: &Slab, key: &Key) -> Option<SlotId> {
        let mut id = self.root;
        loop {
            let slot = slab.get(id)?;
            match side(key, slot) {
                Some(side) => id = slot.child(side),
                None => return Some(id),
            }
        }
    }

    /// Adds a slot that is in no tree and in no chain, and whose key is not in the tree.
    pub(super) fn insert(&mut self, slab: &mut Slab, id: SlotId) {
        if let Some(slot) = slab.get_mut(id) {
            slot.become_leaf();
            let key = slot.key();
            self.root = changed(slab, self.root, &key, id);
        }
    }

    /// Removes a key.
    pub(super) fn remove(&mut self, slab: &mut Slab, key: &Key) {
        self.root = changed(slab, self.root, key, NONE);
    }

    /// The keys in order, and the number of levels; an error if the tree is not in balance.
    #[cfg(test)]
    pub(super) fn keys(&self, slab: &Slab) -> Result<(Vec<Key>, u8), String> {
        fn collect(slab: &Slab, id: SlotId, out: &mut Vec<Key>) -> Result<u8, String> {
            let Some(slot) = slab.get(id) else {
                return Ok(0);
            };
            let left = collect(slab, slot.child(Side::Left), out)?;
            out.push(slot.key());
            let right = collect(slab, slot.child(Side::Right), out)?;
            let height = left.max(right) + 1;
            if left.abs_diff(right) > 1 || slot.height() != height {
                let noted = slot.height();
                return Err(format!("{left} left, {right} right, {noted} noted"));
            }
            Ok(height)
        }
        let mut keys = Vec::new();
        let height = collect(slab, self.root, &mut keys)?;
        Ok((keys, height))
    }
}

/// The side of a slot on which a key belongs; `None` if it is the slot's own key.
#[inline(never)]
fn side(key: &Key, slot: &Slot) -> Option<Side> {
    match key.cmp(&slot.key()) {
        Ordering::Less => Some(Side::Left),
        Ordering::Equal => None,
        Ordering::Greater => Some(Side::Right),
    }
}

/// Changes the tree at `at`, and returns its new root. If `key` is in the tree, removes it; `new`
/// is `NONE` then. Otherwise puts `new` where the key belongs. One function does both, as most of
/// each is the way down and back.
fn changed(slab: &mut Slab, at: SlotId, key: &Key, new: SlotId) -> SlotId {
    let Some(slot) = slab.get(at) else {
        return new;
    };
    let (left, right) = (slot.child(Side::Left), slot.child(Side::Right));
    if let Some(side) = side(key, slot) {
        let below = slot.child(side);
        let before = height(slab, below);
        let root = changed(slab, below, key, new);
        // From here upwards nothing has changed, and no other slot needs to be visited.
        if root == below && height(slab, root) == before {
            return at;
        }
        return with_child(slab, at, side, root);
    }
    // The next key takes the place of this one.
    let mut next = right;
    loop {
        match child(slab, next, Side::Left) {
            NONE => break,
            before => next = before,
        }
    }
    let Some(key) = slab.get(next).map(Slot::key) else {
        return left;
    };
    let right = changed(slab, right, &key, NONE);
    set_child(slab, next, Side::Left, left);
    with_child(slab, next, Side::Right, right)
}

/// Replaces a child of the tree at `at`, and returns the new root. The new child is at most one
/// level higher or lower than the one before.
#[inline(never)]
fn with_child(slab: &mut Slab, at: SlotId, side: Side, root: SlotId) -> SlotId {
    set_child(slab, at, side, root);
    let [left, right] = heights(slab, at);
    let side = match left.wrapping_sub(right) as i8 {
        2.. => Side::Left,
        ..=-2 => Side::Right,
        _ => return at,
    };
    let high = child(slab, at, side);
    let [left, right] = heights(slab, high);
    let inner_is_higher = match side {
        Side::Left => left < right,
        Side::Right => right < left,
    };
    if inner_is_higher {
        let inner = rotated(slab, high, side.other());
        set_child(slab, at, side, inner);
    }
    rotated(slab, at, side)
}

/// Rotates a child into the place of its parent, which becomes its child at the other side.
#[inline(never)]
fn rotated(slab: &mut Slab, at: SlotId, side: Side) -> SlotId {
    let up = child(slab, at, side);
    let between = child(slab, up, side.other());
    set_child(slab, at, side, between);
    set_child(slab, up, side.other(), at);
    up
}

#[inline(never)]
fn child(slab: &Slab, id: SlotId, side: Side) -> SlotId {
    slab.get(id).map_or(NONE, |slot| slot.child(side))
}

#[inline(never)]
fn set_child(slab: &mut Slab, id: SlotId, side: Side, child: SlotId) {
    if let Some(slot) = slab.get_mut(id) {
        *slot.child_mut(side) = child;
    }
    let [left, right] = heights(slab, id);
    if let Some(slot) = slab.get_mut(id) {
        *slot.height_mut() = left.max(right) + 1;
    }
}

/// The heights of the trees on both sides.
#[inline(never)]
fn heights(slab: &Slab, id: SlotId) -> [u8; 2] {
    [Side::Left, Side::Right].map(|side| height(slab, child(slab, id, side)))
}

/// The height of the tree at `id`; 0 if there is none.
#[inline(never)]
fn height(slab: &Slab, id: SlotId) -> u8 {
    slab.get(id).map_or(0, Slot::height)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{Origin, Session};
    use sessionize_formats::address::Address;

    fn key(number: u64) -> Key {
        Key::address(Address::from_bits(number.into()))
    }

    fn slot(number: u64) -> Slot {
        let session = Session {
            origin: Origin {
                start: 0,
                number: 1,
            },
            last: 0,
            events: 1,
            previous: None,
        };
        Slot::new(key(number), &session)
    }

    fn add(tree: &mut Tree, slab: &mut Slab, number: u64) {
        let id = slab.insert(slot(number));
        tree.insert(slab, id);
    }

    #[test]
    fn keys_in_ascending_descending_and_any_other_order_give_few_levels() {
        const KEYS: u64 = 10_000;
        let orders: [fn(u64) -> u64; 3] = [|i| i, |i| KEYS - i, |i| i * 7_919 % KEYS];
        for order in orders {
            let (mut tree, mut slab) = (Tree::default(), Slab::default());
            for number in (0..KEYS).map(order) {
                add(&mut tree, &mut slab, number);
            }
            let (found, height) = tree.keys(&slab).unwrap();
            assert!(height <= 19, "{height} levels");
            assert_eq!(found.len() as u64, KEYS);
        }
    }

    #[cfg(not(target_os = "unknown"))]
    mod properties {
        use super::*;
        use proptest::prelude::*;
        use std::collections::BTreeMap;

        proptest! {
            #[test]
            fn a_tree_is_a_sorted_map_in_balance(
                steps in proptest::collection::vec((any::<bool>(), 0u64..100), 0..400),
            ) {
                let (mut tree, mut slab) = (Tree::default(), Slab::default());
                let mut model = BTreeMap::new();
                for (add, number) in steps {
                    if add && !model.contains_key(&key(number)) {
                        let id = slab.insert(slot(number));
                        tree.insert(&mut slab, id);
                        model.insert(key(number), id);
                    }
                    if !add {
                        tree.remove(&mut slab, &key(number));
                        if let Some(id) = model.remove(&key(number)) {
                            slab.remove(id);
                        }
                    }
                    let (found, _) = tree.keys(&slab).map_err(TestCaseError::fail)?;
                    prop_assert_eq!(found, model.keys().copied().collect::<Vec<_>>());
                    for number in 0..100 {
                        prop_assert_eq!(
                            tree.find(&slab, &key(number)),
                            model.get(&key(number)).copied()
                        );
                    }
                }
            }
        }
    }
}
