#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| rokka_fuzz::user_metadata::run(data));
