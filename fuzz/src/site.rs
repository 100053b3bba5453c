//! What web sites write: requests, transactions and signed messages.

use wasm_core::dapp::{Asked, AskedTransaction, Origin, PersonalMessage, SiteRequest};

pub(crate) fn request(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let id = SiteRequest::id_of(text);
    match SiteRequest::parse(text) {
        // Its answer finds its way.
        Ok(request) => assert_eq!(id, Some(request.id)),
        Err(error) => assert!(error.for_site().code() >= 5_300_000),
    }
    if let Ok(origin) = text.parse::<Origin>() {
        assert_eq!(origin.as_str(), text);
    }
    if let Ok(message) = PersonalMessage::parse(text) {
        assert_eq!(message.text(), text);
    }
}

pub(crate) fn transaction(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let Ok(asked) = AskedTransaction::parse(text) else {
        return;
    };
    let again = AskedTransaction::parse(&asked.to_text()).expect("our own text");
    assert_eq!(again, asked);
    assert!(asked.kind().is_some());
    if let Asked::Whole(whole) = &asked.what {
        assert!(!whole.kind().is_system());
        if let Ok(told) = AskedTransaction::of(whole) {
            assert_eq!(AskedTransaction::parse(&told.to_text()), Ok(told));
        }
    }
}
