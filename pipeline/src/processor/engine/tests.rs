use super::*;

#[test]
fn streams_begin_at_offsets_of_their_own_with_room_behind_them() {
    let offsets = [first_offset().unwrap(), first_offset().unwrap()];
    assert_ne!(offsets[0], offsets[1]);
    assert!(offsets.iter().all(|offset| (0..1 << 62).contains(offset)));
}
