//! A browser without a window, and chromedriver, which controls it. Both end with the value, also when a test fails.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Makes a missing browser a failure instead of a note.
const REQUIRED: &str = "ROKKA_BROWSER_REQUIRED";

/// The longest time that a test waits for something to happen.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Browser {
    pub(crate) client: Client,
    driver: Child,
    /// Where chromedriver prints to, for as long as it runs.
    _output: BufReader<ChildStdout>,
    port: u16,
    session: String,
    profile: TempDir,
}

/// Returns a program in `PATH`, or the one that a variable names.
fn find(variable: &str, names: &[&str]) -> Option<PathBuf> {
    if let Some(path) = std::env::var_os(variable) {
        return Some(path.into());
    }
    let path = std::env::var_os("PATH")?;
    let folders = std::env::split_paths(&path);
    let mut files = folders.flat_map(|folder| names.iter().map(move |name| folder.join(name)));
    files.find(|file| file.is_file())
}

impl Browser {
    /// Starts a browser; says loudly that there is none, and returns `None`.
    pub(crate) async fn start(flags: &[&str]) -> Option<Self> {
        let chromium = find(
            "CHROMIUM",
            &["chromium", "chromium-browser", "google-chrome"],
        );
        let driver = find("CHROMEDRIVER", &["chromedriver"]);
        let (Some(chromium), Some(driver)) = (chromium, driver) else {
            let message = "the page in a browser: chromium or chromedriver is not installed";
            assert!(std::env::var_os(REQUIRED).is_none(), "{message}");
            // Past the capture of the test runner.
            let _ = writeln!(std::io::stderr(), "\nNOT TESTED: {message}");
            return None;
        };
        Some(Self::run(&chromium, &driver, flags).await)
    }

    async fn run(chromium: &Path, driver: &Path, flags: &[&str]) -> Self {
        let profile = TempDir::new().unwrap();
        let mut driver = Command::new(driver)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(driver.stdout.take().unwrap());
        let port = loop {
            let mut line = String::new();
            let length = output.read_line(&mut line).unwrap();
            if length == 0 {
                let _ = driver.kill();
                panic!("chromedriver ended");
            }
            if let Some((_, rest)) = line.split_once("started successfully on port ") {
                break rest.trim().trim_end_matches('.').parse().unwrap();
            }
        };
        let mut arguments: Vec<String> = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--no-proxy-server",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
            "--window-size=1280,1000",
        ]
        .into_iter()
        .chain(flags.iter().copied())
        .map(str::to_owned)
        .collect();
        arguments.push(format!("--user-data-dir={}", profile.path().display()));
        let mut capabilities = serde_json::Map::new();
        let options = json!({"binary": chromium, "args": arguments});
        capabilities.insert("goog:chromeOptions".to_owned(), options);
        let connected = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await;
        let client = match connected {
            Ok(client) => client,
            Err(error) => {
                let _ = driver.kill();
                end_processes_with(profile.path().as_os_str());
                panic!("the browser does not start: {error}");
            }
        };
        let session = client.session_id().await.unwrap().unwrap();
        Self {
            client,
            driver,
            _output: output,
            port,
            session,
            profile,
        }
    }

    pub(crate) async fn open(&self, url: &str) {
        self.client.goto(url).await.unwrap();
    }

    /// Runs a script, whose `return` is the result.
    pub(crate) async fn run_script(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client.execute(script, arguments).await.unwrap()
    }

    /// Waits until an expression is true in the page, and returns its value.
    pub(crate) async fn until(&self, expression: &str) -> Value {
        let begin = Instant::now();
        loop {
            // The page may be changing at this moment.
            let value = self
                .client
                .execute(&format!("return {expression}"), Vec::new())
                .await;
            match &value {
                Ok(Value::Null | Value::Bool(false)) | Err(_) if begin.elapsed() < PATIENCE => {}
                Ok(value) if !matches!(value, Value::Null | Value::Bool(false)) => {
                    return value.clone();
                }
                _ => {
                    let text = "return document.body.innerText";
                    let text = self.client.execute(text, Vec::new()).await;
                    panic!("`{expression}` is {value:?} in {text:?}");
                }
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub(crate) async fn find(&self, selector: &str) -> fantoccini::elements::Element {
        let wait = self.client.wait().at_most(PATIENCE);
        wait.for_element(Locator::Css(selector)).await.unwrap()
    }

    /// Returns a pixel of the picture that an `<img>` shows, as red, green, blue and alpha; the place is relative to the
    /// size of the picture.
    pub(crate) async fn pixel(&self, selector: &str, x: f64, y: f64) -> [u64; 4] {
        self.until(&format!(
            "(() => {{ const image = document.querySelector({selector:?}); return image?.complete && image.naturalWidth > 0; }})()"
        ))
        .await;
        let script = "const [selector, x, y] = arguments; const image = document.querySelector(selector);
            const canvas = document.createElement('canvas');
            canvas.width = image.naturalWidth; canvas.height = image.naturalHeight;
            const context = canvas.getContext('2d'); context.drawImage(image, 0, 0);
            return [...context.getImageData(Math.floor(x * canvas.width), Math.floor(y * canvas.height), 1, 1).data];";
        let pixel = self
            .run_script(script, vec![json!(selector), json!(x), json!(y)])
            .await;
        serde_json::from_value(pixel).unwrap()
    }

    /// Ends the session over a connection of its own, because the runtime of a failed test runs nothing more.
    fn end_session(&self) -> std::io::Result<()> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        let host = format!("127.0.0.1:{}", self.port);
        write!(
            stream,
            "DELETE /session/{} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n",
            self.session
        )?;
        let mut response = Vec::new();
        stream.read_to_end(&mut response).map(|_| ())
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.end_session();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        end_processes_with(self.profile.path().as_os_str());
    }
}

/// Ends the processes of a browser that outlived its driver: those with its profile among their arguments.
fn end_processes_with(argument: &OsStr) {
    let argument = argument.as_encoded_bytes();
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    for process in processes {
        let arguments = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
        let is_ours = arguments
            .windows(argument.len())
            .any(|window| window == argument);
        if is_ours {
            let _ = Command::new("kill")
                .arg("-KILL")
                .arg(process.file_name())
                .status();
        }
    }
}
