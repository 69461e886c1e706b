//! The server while renderings take their time.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::{Engine, Job, Picture, Renderer};
use crate::Emulator;
use crate::response::Response;
use crate::server::Server;
use crate::service::{Host, Service};

/// Makes pictures at once, or, if they are wider than 100 pixels, when the other end of the channel is dropped.
struct Slow {
    started: Sender<()>,
    finished: Arc<AtomicUsize>,
    end: Mutex<Receiver<()>>,
}

impl Renderer for Slow {
    fn render(&self, job: &Job) -> Result<Picture, Response> {
        let mut steps = job.plan.steps.iter();
        let is_wide = |width| matches!(width, Ok(Some(width)) if width > 100.0);
        if steps.any(|step| is_wide(step.number("width"))) {
            self.started.send(()).unwrap();
            let end = self.end.lock().unwrap_or_else(PoisonError::into_inner);
            let _ = end.recv();
            self.finished.fetch_add(1, Ordering::SeqCst);
        }
        Ok(Picture {
            content: job.original.content(),
            mimetype: job.mimetype.clone(),
            unsupported: Vec::new(),
        })
    }
}

/// Sends a request on a connection of its own, and returns the status.
fn send(address: SocketAddr, method: &str, path: &str, body: &str) -> u16 {
    let mut stream = TcpStream::connect(address).unwrap();
    // Instead of a test that never ends.
    let limit = Some(Duration::from_secs(60));
    stream.set_read_timeout(limit).unwrap();
    let key = Emulator::API_KEY;
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\napi-key: {key}\r\ncontent-length: {length}\r\n\
         connection: close\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut response = Vec::new();
    stream.read_to_end(&mut response).unwrap();
    let response = String::from_utf8_lossy(&response);
    let status = response.split(' ').nth(1).map(str::parse);
    status.unwrap().unwrap()
}

#[test]
fn four_browsers_at_once_do_not_block_the_api() {
    let (start, started) = mpsc::channel();
    let (end, ended) = mpsc::channel();
    let finished = Arc::new(AtomicUsize::new(0));
    let slow = Slow {
        started: start,
        finished: finished.clone(),
        end: Mutex::new(ended),
    };
    let mut service = Service::new(Emulator::builder().settings()).ok().unwrap();
    service.engine = Arc::new(Engine::new(Arc::new(slow)));
    let hash = service.seed_images("acme", 1).ok().unwrap().remove(0);
    let [api, renders] = [Host::Api, Host::Render(None)].map(|host| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        (listener, host)
    });
    let [api_address, render_address] =
        [&api, &renders].map(|(listener, _)| listener.local_addr().unwrap());
    let _server = Server::start(&Arc::new(service), vec![api, renders]).unwrap();
    let render = |width: u32| {
        let path = format!("/dynamic/resize-width-{width}/{hash}.png");
        send(render_address, "GET", &path, "")
    };

    assert_eq!(render(100), 200);
    std::thread::scope(|scope| {
        // Dropped by a failure too, so that the threads end.
        let end: Sender<()> = end;
        let render = &render;
        let browsers: Vec<_> = (0..4)
            .map(|browser| scope.spawn(move || render(200 + browser)))
            .collect();
        started.recv().unwrap();
        for number in 0..50 {
            assert_eq!(send(api_address, "GET", "/sourceimages/acme", ""), 200);
            let stack = format!("/stacks/acme/stack{number}");
            let created = send(api_address, "PUT", &stack, r#"{"operations": []}"#);
            assert_eq!(created, 201);
            assert_eq!(render(100), 200, "a picture that is there");
        }
        assert_eq!(finished.load(Ordering::SeqCst), 0, "they take their time");
        drop(end);
        for browser in browsers {
            assert_eq!(browser.join().ok(), Some(200));
        }
    });
    assert_eq!(finished.load(Ordering::SeqCst), 4);
}
