//! Reading dates in every spelling.

use rokka::render::{Signer, SigningKey, Verdict};
use rokka::{DateTime, Day};

pub fn run(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        let date = DateTime::from(text);
        check(&date);
        if date.to_utc().is_none() {
            assert_eq!(date.to_string(), text, "what is no date stays as it came");
        }
        let day = Day::from(text);
        assert_eq!(Day::from(day.to_string()), day);
    }
    if let Some(date) = crate::assert_stable::<DateTime>(data) {
        check(&date);
    }
}

fn check(date: &DateTime) {
    let _ = format!("{date:?}");
    let _ = date.to_system_time();
    let again = DateTime::from(date.to_string().as_str());
    assert_eq!(again.to_utc(), date.to_utc(), "{date}");
    let key = SigningKey::from("key");
    let signed = Signer::new(&key).until(date.clone()).sign("/st/3f9a21.jpg");
    if let Ok(signed) = signed {
        assert_eq!(
            key.verify(&signed, date.clone()),
            Verdict::Valid,
            "{date} {signed}"
        );
    }
}
