//! Decodes responses with a Rust client, and calls the loopback service with it.
//! Arguments: the file of cases, the base URL, a large file, the secret.

mod decode;
mod wire;

use serde_json::{Value, json};

pub struct Arguments {
    pub base: String,
    pub large: String,
    pub secret: String,
}

/// The outcome of a call.
pub enum Done {
    Value(&'static str),
    Error {
        text: String,
        status: Option<u16>,
        body: Option<String>,
    },
}

pub fn tell(line: Value) {
    println!("{line}");
}

fn peak() -> Option<i64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

pub async fn step(name: &str, call: impl Future<Output = Done>) {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    let before = peak();
    let done = call.await;
    let memory = peak().zip(before).map(|(after, before)| after - before);
    tell(match done {
        Done::Value(kind) => json!({"step": name, "memory": memory, "value": kind}),
        Done::Error { text, status, body } => {
            json!({"step": name, "memory": memory, "error": text, "status": status, "body": body})
        }
    });
}

/// Decodes a body as the type, and encodes it again.
pub fn round_trip<T: serde::de::DeserializeOwned + serde::Serialize>(
    body: &str,
) -> Result<Value, serde_json::Error> {
    serde_json::to_value(serde_json::from_str::<T>(body)?)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().expect("four arguments");
    let cases = std::fs::read_to_string(next()).expect("the cases can be read");
    let cases: Vec<Value> = serde_json::from_str(&cases).expect("the cases are JSON");
    for case in cases {
        let text = |key: &str| case[key].as_str().expect("a case has these fields");
        tell(match decode::decode(text("type"), text("body")) {
            Ok(value) => json!({"case": text("case"), "value": value}),
            Err(error) => json!({"case": text("case"), "error": error.to_string()}),
        });
    }
    wire::run(Arguments {
        base: next(),
        large: next(),
        secret: next(),
    })
    .await;
}
