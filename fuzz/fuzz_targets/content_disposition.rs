#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| rokka_fuzz::content_disposition::run(data));
