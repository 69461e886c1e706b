//! The program: its arguments, what it prints, how it ends, and what it keeps.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

use reqwest::multipart::{Form, Part};
use rokka_emulator::Emulator;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::http;

/// A running program, which is killed when it is dropped.
struct Program {
    child: Child,
    output: BufReader<ChildStdout>,
    /// What it printed before it was ready.
    text: String,
    url: String,
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rokka-emulator"));
    command.args(arguments);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("ROKKA_") {
            command.env_remove(name);
        }
    }
    command
}

impl Program {
    /// Starts the program on a free port, and waits until it is ready.
    fn start(arguments: &[&str]) -> Self {
        let mut command = command(&["--port", "0"]);
        command.args(arguments);
        Self::start_command(command)
    }

    fn start_command(mut command: Command) -> Self {
        command.stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut text = String::new();
        while !text.contains("Ready.") {
            assert_ne!(output.read_line(&mut text).unwrap(), 0, "{text}");
        }
        let (_, url) = text.split_once("API          ").unwrap();
        let port = url.lines().next().unwrap().rsplit_once(':').unwrap().1;
        Self {
            url: format!("http://127.0.0.1:{port}"),
            child,
            output,
            text,
        }
    }

    fn signal(&self, name: &str) {
        let status = Command::new("kill")
            .args(["-s", name, &self.child.id().to_string()])
            .status();
        assert!(status.unwrap().success());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs the program to its end.
fn fail(arguments: &[&str]) -> (i32, String) {
    let mut command = command(arguments);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let begin = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begin.elapsed() > Duration::from_secs(30) {
            child.kill().unwrap();
            panic!("the program runs: {arguments:?}");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let Output { status, stderr, .. } = child.wait_with_output().unwrap();
    (status.code().unwrap(), String::from_utf8(stderr).unwrap())
}

async fn get(http: &reqwest::Client, url: &str) -> Value {
    let request = http.get(url).header("Api-Key", Emulator::API_KEY);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200, "{url}");
    response.json().await.unwrap()
}

/// Uploads a file whose content is its name and returns the hash, or `None` when there is no response.
async fn upload(http: &reqwest::Client, url: &str, name: String) -> Option<String> {
    let part = Part::bytes(name.clone().into_bytes()).file_name(name.clone());
    let form = Form::new()
        .part("filedata", part)
        .text("meta_user[0]", json!({"title": name}).to_string());
    let request = http
        .post(format!("{url}/sourceimages/acme"))
        .header("Api-Key", Emulator::API_KEY)
        .multipart(form);
    let response = request.send().await.ok()?;
    assert_eq!(response.status(), 200);
    let body: Value = response.json().await.ok()?;
    Some(body["items"][0]["hash"].as_str().unwrap().to_owned())
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[tokio::test]
async fn the_curl_line_of_the_introduction_works() {
    let program = Program::start(&["--organization", "acme,other", "--latency", "1ms"]);
    let (_, line) = program.text.split_once("curl -H \"").unwrap();
    let (header, rest) = line.split_once("\" ").unwrap();
    let (name, value) = header.split_once(": ").unwrap();
    let url = rest.lines().next().unwrap();
    // The machine of a test may have no IPv6, and no name for itself.
    let url = url.replace("localhost", "127.0.0.1");
    let response = http().get(url).header(name, value).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let port = program.url.rsplit_once(':').unwrap().1;
    for line in [
        format!("http://acme.localhost:{port}"),
        format!("http://localhost:{port}/_emulator/render/other"),
        format!("signing key: {}", Emulator::SIGNING_KEY),
    ] {
        assert!(program.text.contains(&line), "{line}\n{}", program.text);
    }
}

#[test]
fn a_key_of_the_user_is_not_printed() {
    let mut program = Program::start(&[
        "--api-key",
        "secretapikey",
        "--signing-key",
        "secretsigning",
    ]);
    assert!(!program.text.contains("secret"), "{}", program.text);
    program.signal("TERM");
    let mut rest = String::new();
    program.output.read_to_string(&mut rest).unwrap();
    assert!(!rest.contains("secret"));
    let mut help = command(&["--help"]);
    let help = help.env("ROKKA_EMULATOR_API_KEY", "secretapikey").output();
    let help = help.unwrap().stdout;
    assert!(!String::from_utf8(help).unwrap().contains("secret"));
}

#[tokio::test]
async fn settings_come_from_the_environment_too() {
    let mut command = command(&["--port", "0"]);
    command
        .env("ROKKA_EMULATOR_ORGANIZATION", "mine")
        .env("ROKKA_EMULATOR_API_KEY", "keyofmyown")
        .stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut text = String::new();
    while !text.contains("Ready.") {
        assert_ne!(output.read_line(&mut text).unwrap(), 0, "{text}");
    }
    let port = text.lines().nth(1).unwrap().rsplit_once(':').unwrap().1;
    let url = format!("http://127.0.0.1:{port}/organizations/mine");
    let response = http().get(url).header("Api-Key", "keyofmyown").send();
    assert_eq!(response.await.unwrap().status(), 200);
    child.kill().unwrap();
    child.wait().unwrap();
}

#[tokio::test]
async fn a_signal_ends_the_program_after_the_request_in_progress() {
    for signal in ["TERM", "INT"] {
        let mut program = Program::start(&["--latency", "300ms"]);
        let url = format!("{}/", program.url);
        let request = http().get(url).header("Api-Key", Emulator::API_KEY).send();
        let request = tokio::spawn(request);
        // The request is in progress when the journal has it.
        let journal = format!("{}/_emulator/requests", program.url);
        let http = http();
        loop {
            let journal = get(&http, &journal).await;
            if !journal["requests"].as_array().unwrap().is_empty() {
                break;
            }
        }
        program.signal(signal);
        assert_eq!(request.await.unwrap().unwrap().status(), 200);
        assert_eq!(program.child.wait().unwrap().code(), Some(0), "{signal}");
    }
}

#[test]
fn invalid_input_is_one_sentence_and_an_exit_code() {
    let folder = TempDir::new().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let folder_of = |name: &str, files: &[(&str, &[u8])]| {
        let path = folder.path().join(name);
        for (file, content) in files {
            let file = path.join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, content).unwrap();
        }
        text(&path).to_owned()
    };
    let version = folder_of("version", &[("rokka-emulator.json", b"{\"format\":2}")]);
    let marker = folder_of("marker", &[("rokka-emulator.json", b"{\"form")]);
    let stranger = folder_of("stranger", &[("holiday.jpg", b"x")]);
    let half = folder_of(
        "half",
        &[
            ("rokka-emulator.json", b"{\"format\":1}"),
            (
                "organizations/acme.jsonl",
                b"{\"gone\":1}\n{\"image\":{\n{\"gone\":2}\n",
            ),
        ],
    );
    let accounts = folder_of(
        "accounts",
        &[
            ("rokka-emulator.json", b"{\"format\":1}"),
            ("accounts.json", b"{\"users\":"),
        ],
    );
    let no_picture = folder_of("seed", &[("not.jpg", b"a text")]);
    let sidecar = folder_of(
        "sidecar",
        &[
            ("a.svg", b"<svg/>"),
            ("a.svg.json", b"{\"user_metadata\":{\"Bad\":\"x\"}}"),
        ],
    );
    let field = folder_of(
        "field",
        &[("a.svg", b"<svg/>"), ("a.svg.json", b"{\"titel\":1}")],
    );
    let stack = folder_of("stack", &[("stacks/thumb.json", b"{\"operations\":[{}]}")]);
    for (arguments, wanted) in [
        (["--port", &port], "another program uses it"),
        (["--data", &version], "has the format 2"),
        (["--data", &marker], "rokka-emulator.json is damaged"),
        (["--data", &stranger], "has `holiday.jpg`"),
        (["--data", &half], "acme.jsonl is damaged: line 2"),
        (["--data", &accounts], "accounts.json is damaged"),
        // Nobody can make a folder there, not even the administrator.
        (["--data", "/proc/rokka"], "cannot use /proc/rokka"),
        (
            ["--seed", &no_picture],
            "not.jpg: the file is not a picture",
        ),
        (
            ["--seed", &sidecar],
            "a.svg.json: Invalid user metadata field `Bad`",
        ),
        (["--seed", &field], "unknown field `titel`"),
        (
            ["--seed", &stack],
            "thumb.json: An operation must have a name",
        ),
        (["--seed", "/no/such/folder"], "cannot read /no/such/folder"),
        (
            ["--organization", "No Name"],
            "`No Name` must be lower-case",
        ),
        (["--api-key", " "], "the API key must not be empty"),
    ] {
        // The port is not part of what is tested, except in the first case.
        let mut arguments = arguments.to_vec();
        if arguments[0] != "--port" {
            arguments.extend(["--port", "0"]);
        }
        let (code, message) = fail(&arguments);
        assert_eq!(code, 1, "{arguments:?} {message}");
        assert!(message.contains(wanted), "{arguments:?} {message}");
        assert!(message.starts_with("rokka-emulator: "), "{message}");
        assert_eq!(message.lines().count(), 1, "{message}");
    }
    for arguments in [
        ["--port", "70000"],
        ["--latency", "soon"],
        ["--host", "example.org"],
        ["--nonsense", "1"],
    ] {
        let (code, message) = fail(&arguments);
        assert_eq!(code, 2, "{arguments:?} {message}");
    }
    // Nothing was changed.
    let log = Path::new(&half).join("organizations/acme.jsonl");
    assert_eq!(
        fs::read(log).unwrap(),
        b"{\"gone\":1}\n{\"image\":{\n{\"gone\":2}\n"
    );
}

#[tokio::test]
async fn everything_survives_a_restart() {
    let folder = TempDir::new().unwrap();
    let data = text(folder.path());
    let http = http();
    let program = Program::start(&["--data", data]);
    let [kept, deleted] = ["kept.txt", "deleted.txt"].map(String::from);
    let kept = upload(&http, &program.url, kept).await.unwrap();
    let deleted = upload(&http, &program.url, deleted).await.unwrap();
    let send = async |program: &Program, method: &str, path: &str, body: Value| {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let request = http.request(method, format!("{}{path}", program.url));
        let request = request.header("Api-Key", Emulator::API_KEY).json(&body);
        let response = request.send().await.unwrap();
        assert!(
            response.status().is_success(),
            "{path} {}",
            response.status()
        );
        response.json().await.unwrap_or(Value::Null)
    };
    let area = format!("/sourceimages/acme/{kept}/meta/dynamic/subject_area");
    let other = send(&program, "PUT", &area, json!({"x": 1, "y": 2})).await;
    let lock = format!("/sourceimages/acme/{kept}/options/locked");
    send(&program, "PUT", &lock, json!(true)).await;
    send(
        &program,
        "DELETE",
        &format!("/sourceimages/acme/{deleted}"),
        json!(null),
    )
    .await;
    let alias = "/sourceimages/acme/alias/logo";
    send(&program, "PUT", alias, json!({"hash": kept})).await;
    let stack = json!({"operations": [{"name": "resize", "options": {"width": 100}}]});
    send(&program, "PUT", "/stacks/acme/thumb", stack).await;
    let organization = json!({"billing_email": "a@example.com"});
    send(&program, "PUT", "/organizations/second", organization).await;
    let key = send(
        &program,
        "POST",
        "/user/apikeys",
        json!({"comment": "mine"}),
    )
    .await;
    let token = send(&program, "POST", "/user/apikeys/token", json!({})).await;
    let paths = [
        "/sourceimages/acme".to_owned(),
        "/sourceimages/acme?deleted=true".to_owned(),
        "/sourceimages/acme/alias/logo".to_owned(),
        "/stacks/acme".to_owned(),
        "/sourceimages/second".to_owned(),
        "/organizations/second".to_owned(),
    ];
    let mut before = Vec::new();
    for path in &paths {
        before.push(get(&http, &format!("{}{path}", program.url)).await);
    }
    drop(program);

    // The originals are files that a person can open, and the lines are text.
    let log = fs::read_to_string(folder.path().join("organizations/acme.jsonl")).unwrap();
    assert!(log.contains("\"name\":\"kept.txt\""), "{log}");

    let program = Program::start(&["--data", data]);
    for (path, before) in paths.iter().zip(before) {
        let after = get(&http, &format!("{}{path}", program.url)).await;
        assert_eq!(without_cursor(after), without_cursor(before), "{path}");
    }
    let url = format!("{}/user", program.url);
    for credentials in [&key["api_key"], &token["token"]] {
        let request = http.get(&url).bearer_auth(credentials.as_str().unwrap());
        assert_eq!(request.send().await.unwrap().status(), 200);
    }
    let download = format!(
        "{}/sourceimages/acme/{}/download",
        program.url,
        other["hash"].as_str().unwrap()
    );
    let request = http.get(download).header("Api-Key", Emulator::API_KEY);
    let part = request.header("Range", "bytes=2-").send().await.unwrap();
    assert_eq!(part.status(), 206);
    assert_eq!(part.text().await.unwrap(), "pt.txt");
    // Sequence numbers go on: the new image is the newest.
    upload(&http, &program.url, "new.txt".into()).await.unwrap();
    let list = get(&http, &format!("{}/sourceimages/acme", program.url)).await;
    assert_eq!(list["items"][0]["name"], "new.txt");

    let (code, message) = fail(&["--data", data, "--port", "0"]);
    assert_eq!(code, 1);
    assert!(message.contains("another rokka-emulator uses"), "{message}");
}

/// A cursor contains a fingerprint, which no other process has.
fn without_cursor(mut list: Value) -> Value {
    if let Some(list) = list.as_object_mut() {
        list.remove("cursor");
    }
    list
}

#[tokio::test]
async fn a_reset_and_a_snapshot_reach_the_data_folder() {
    let folder = TempDir::new().unwrap();
    let data = text(folder.path());
    let http = http();
    let total = async |program: &Program| {
        get(&http, &format!("{}/sourceimages/acme", program.url)).await["total"].clone()
    };
    let control = async |program: &Program, method: &str, path: &str| {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let url = format!("{}/_emulator{path}", program.url);
        assert_eq!(
            http.request(method, url).send().await.unwrap().status(),
            204
        );
    };
    let program = Program::start(&["--data", data]);
    upload(&http, &program.url, "one".into()).await.unwrap();
    control(&program, "PUT", "/snapshots/one").await;
    upload(&http, &program.url, "two".into()).await.unwrap();
    control(&program, "POST", "/snapshots/one/restore").await;
    assert_eq!(total(&program).await, 1);
    drop(program);
    let program = Program::start(&["--data", data]);
    assert_eq!(total(&program).await, 1);
    control(&program, "POST", "/reset").await;
    drop(program);
    let program = Program::start(&["--data", data]);
    assert_eq!(total(&program).await, 0);
    // The original is still there, and another upload uses it.
    upload(&http, &program.url, "one".into()).await.unwrap();
    assert_eq!(total(&program).await, 1);
}

#[tokio::test]
async fn a_half_written_line_is_cut_off_and_a_half_written_original_is_reported() {
    let folder = TempDir::new().unwrap();
    let data = text(folder.path());
    let http = http();
    let program = Program::start(&["--data", data]);
    upload(&http, &program.url, "one".into()).await.unwrap();
    drop(program);
    let log = folder.path().join("organizations/acme.jsonl");
    let whole = fs::read(&log).unwrap();
    fs::write(&log, [&whole[..], b"{\"image\":{\"seq"].concat()).unwrap();
    let mut command = command(&["--port", "0", "--data", data]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    // The first line comes after the notes.
    output.read_line(&mut String::new()).unwrap();
    child.kill().unwrap();
    let Output { stderr, .. } = child.wait_with_output().unwrap();
    let note = String::from_utf8(stderr).unwrap();
    let cut_off = "acme.jsonl: the last line was cut off";
    assert!(note.contains(cut_off), "{note}");
    assert_eq!(fs::read(&log).unwrap(), whole);

    let originals = fs::read_dir(folder.path().join("originals")).unwrap();
    let first = originals.flatten().next().unwrap().path();
    let original = fs::read_dir(first)
        .unwrap()
        .flatten()
        .next()
        .unwrap()
        .path();
    fs::write(&original, "on").unwrap();
    let (code, message) = fail(&["--data", data, "--port", "0"]);
    assert_eq!(code, 1);
    assert!(
        message.contains("it has 2 bytes instead of the 3"),
        "{message}"
    );
}

#[tokio::test]
async fn a_file_with_many_old_lines_is_rewritten() {
    let folder = TempDir::new().unwrap();
    let data = text(folder.path());
    let http = http();
    let program = Program::start(&["--data", data]);
    let hash = upload(&http, &program.url, "one".into()).await.unwrap();
    let name = format!("{}/sourceimages/acme/{hash}/name", program.url);
    for number in 0..1_100 {
        let request = http.put(&name).json(&format!("{number}.txt"));
        let request = request.header("Api-Key", Emulator::API_KEY);
        assert_eq!(request.send().await.unwrap().status(), 204);
    }
    drop(program);
    let log = folder.path().join("organizations/acme.jsonl");
    let lines = || fs::read_to_string(&log).unwrap().lines().count();
    assert!(lines() > 1_100);
    // What a killed process can leave: a part of an upload, and an original without its line.
    let originals = folder.path().join("originals");
    fs::write(originals.join("1-1.part"), "on").unwrap();
    fs::create_dir_all(originals.join("00")).unwrap();
    fs::write(originals.join("00/00.jpg"), "orphan").unwrap();

    let program = Program::start(&["--data", data]);
    assert_eq!(lines(), 1);
    assert!(!originals.join("1-1.part").exists() && !originals.join("00/00.jpg").exists());
    let url = format!("{}/sourceimages/acme/{hash}", program.url);
    assert_eq!(get(&http, &url).await["name"], "1099.txt");
    upload(&http, &program.url, "two".into()).await.unwrap();
    drop(program);
    let program = Program::start(&["--data", data]);
    let list = get(&http, &format!("{}/sourceimages/acme", program.url)).await;
    assert_eq!(list["total"], 2);
    let url = format!("{}/sourceimages/acme/{hash}/download", program.url);
    let request = http.get(url).header("Api-Key", Emulator::API_KEY);
    assert_eq!(request.send().await.unwrap().text().await.unwrap(), "one");
}

/// Kills the program ten times in the middle of uploads. What it had acknowledged is there again.
#[tokio::test]
async fn acknowledged_uploads_survive_being_killed() {
    const UPLOADS: usize = 500;
    let folder = TempDir::new().unwrap();
    let data = text(folder.path());
    let mut acknowledged = Vec::new();
    for round in 0..10 {
        let http = http();
        let mut program = Program::start(&["--data", data]);
        let (first, end) = (round * UPLOADS / 10, (round + 1) * UPLOADS / 10);
        let mut uploads = tokio::task::JoinSet::new();
        for worker in 0..5 {
            let (http, url) = (http.clone(), program.url.clone());
            uploads.spawn(async move {
                let mut hashes = Vec::new();
                for number in (first + worker..end).step_by(5) {
                    let name = format!("{number} {}", "x".repeat(2000));
                    match upload(&http, &url, name).await {
                        Some(hash) => hashes.push(hash),
                        // The program was killed.
                        None => break,
                    }
                }
                hashes
            });
        }
        // Kills it when another number of uploads is through in each round.
        let through = format!("{}/_emulator/requests", program.url);
        loop {
            let journal = get(&http, &through).await;
            if journal["requests"].as_array().unwrap().len() > 5 + 4 * round {
                break;
            }
        }
        program.child.kill().unwrap();
        program.child.wait().unwrap();
        while let Some(hashes) = uploads.join_next().await {
            acknowledged.extend(hashes.unwrap());
        }
    }
    assert!(acknowledged.len() > 50, "{}", acknowledged.len());
    let program = Program::start(&["--data", data]);
    let http = http();
    for hash in acknowledged {
        let url = format!("{}/sourceimages/acme/{hash}", program.url);
        let image = get(&http, &url).await;
        let url = format!("{url}/download");
        let file = http
            .get(url)
            .header("Api-Key", Emulator::API_KEY)
            .send()
            .await
            .unwrap();
        let file = file.text().await.unwrap();
        assert_eq!(file.len() as u64, image["size"].as_u64().unwrap());
        assert_eq!(image["user_metadata"]["title"], file);
    }
}

#[tokio::test]
async fn a_seed_folder_becomes_images_and_stacks() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir_all(path("stacks")).unwrap();
    fs::create_dir_all(path("more")).unwrap();
    fs::write(path("a.svg"), "<svg width='3' height='2'/>").unwrap();
    let sidecar = json!({
        "name": "first.svg", "user_metadata": {"int:n": 5}, "alias": "logo", "locked": true,
        "dynamic_metadata": {"subject_area": {"x": 1, "y": 1}},
    });
    fs::write(path("a.svg.json"), sidecar.to_string()).unwrap();
    fs::write(path("more/b.svg"), "<svg width='4' height='2'/>").unwrap();
    fs::write(path("README.md"), "Not a picture.").unwrap();
    let stack = json!({"operations": [{"name": "resize", "options": {"width": 100}}]});
    fs::write(path("stacks/thumb.json"), stack.to_string()).unwrap();

    let data = TempDir::new().unwrap();
    let http = http();
    let arguments = ["--seed", text(folder.path()), "--data", text(data.path())];
    let program = Program::start(&arguments);
    let url = |program: &Program, path: &str| format!("{}{path}", program.url);
    let list = get(&http, &url(&program, "/sourceimages/acme?sort=width")).await;
    assert_eq!(list["total"], 2);
    let [first, second] = [0, 1].map(|index| list["items"][index].clone());
    assert_eq!(
        (&first["name"], &second["name"]),
        (&json!("first.svg"), &json!("b.svg"))
    );
    assert_eq!(first["user_metadata"], json!({"int:n": 5}));
    assert_eq!(first["dynamic_metadata"]["subject_area"]["x"], 1);
    assert_eq!(first["locked"], true);
    let alias = get(&http, &url(&program, "/sourceimages/acme/alias/logo")).await;
    assert_eq!(alias["hash"], first["hash"]);
    let stack = get(&http, &url(&program, "/stacks/acme/thumb")).await;
    assert_eq!(stack["stack_operations"][0]["options"]["width"], 100);

    // What was edited or deleted stays so when the same seed comes again.
    let link = second["link"].as_str().unwrap();
    let delete = http
        .delete(url(&program, link))
        .header("Api-Key", Emulator::API_KEY);
    assert_eq!(delete.send().await.unwrap().status(), 204);
    drop(program);
    let program = Program::start(&arguments);
    let list = get(&http, &url(&program, "/sourceimages/acme")).await;
    assert_eq!(list["total"], 1);
    // A reset begins with the seed.
    let reset = http
        .post(url(&program, "/_emulator/reset"))
        .send()
        .await
        .unwrap();
    assert_eq!(reset.status(), 204);
    let list = get(&http, &url(&program, "/sourceimages/acme")).await;
    assert_eq!(list["total"], 2);
}

#[tokio::test]
async fn a_line_says_once_what_renderings_lack() {
    let pictures = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/pictures");
    let mut command = command(&["--port", "0", "--seed", pictures]);
    command.stderr(Stdio::piped());
    let mut program = Program::start_command(command);
    let http = http();
    let list = get(&http, &format!("{}/sourceimages/acme", program.url)).await;
    let hash = list["items"][0]["hash"].as_str().unwrap();
    for path in ["dynamic/a", "dynamic/b", "thumb/a"] {
        let (stack, name) = path.split_once('/').unwrap();
        let path = format!("/_emulator/render/acme/{stack}/{hash}/{name}.jxl");
        let response = http
            .get(format!("{}{path}", program.url))
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 200);
    }
    program.signal("TERM");
    let mut said = String::new();
    program
        .child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    let lines: Vec<&str> = said.lines().collect();
    let line = |stack: &str| {
        format!("rokka-emulator: GET /{stack}/{hash}/a.jxl: rendered without the format jxl")
    };
    assert_eq!(lines, [line("dynamic"), line("thumb")]);
}
