//! A server on a loopback port that responds from memory with minimal work.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use super::image;

/// Images per page.
pub(crate) const PAGE: usize = 100;

/// The responses: an image for a path that ends in a hash, otherwise a page; nothing but a head for a `HEAD`.
struct Responses {
    head: Vec<u8>,
    image: Vec<u8>,
    page: Vec<u8>,
}

/// Starts the server on its own threads, which end with the process. Returns its base URL.
pub(crate) fn start() -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let responses = Arc::new(Responses {
        head: response(""),
        image: response(&image::image(0)),
        page: response(&image::page(PAGE)),
    });
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let responses = responses.clone();
            // The client reports broken connections.
            thread::spawn(move || serve(&connection, &responses).ok());
        }
    });
    format!("http://{address}")
}

fn response(json: &str) -> Vec<u8> {
    let length = json.len();
    format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{json}").into_bytes()
}

fn serve(mut connection: &TcpStream, responses: &Responses) -> std::io::Result<()> {
    connection.set_nodelay(true)?;
    let mut lines = BufReader::new(connection);
    let (mut line, mut is_page, mut is_head) = (String::new(), false, false);
    while lines.read_line(&mut line)? > 0 {
        if line.starts_with("GET ") {
            is_page = line.contains('?');
        } else if line.starts_with("HEAD ") {
            is_head = true;
        } else if line == "\r\n" {
            connection.write_all(if std::mem::take(&mut is_head) {
                &responses.head
            } else if is_page {
                &responses.page
            } else {
                &responses.image
            })?;
        }
        line.clear();
    }
    Ok(())
}
