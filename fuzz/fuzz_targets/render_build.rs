#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| rokka_fuzz::render_build::run(data));
