//! The reader of the added fields. A session that it accepts is one that the module could have
//! written.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sessionize_core::fields::AddedReader;
use sessionize_core::id::IdForm;
use sessionize_formats::time::{MAX, MIN};

fuzz_target!(|data: &[u8]| {
    fuzz::count(data);
    for id in [IdForm::Key, IdForm::Hash] {
        let Some(added) = AddedReader::new("session_", id).read(data) else {
            continue;
        };
        if let Some((_, session)) = added.session() {
            let start = session.origin.start;
            assert!(MIN <= start && start <= session.last && session.last <= MAX);
            assert!(session.events > 0);
        }
    }
});
