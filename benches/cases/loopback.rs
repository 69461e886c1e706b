//! A server on a loopback port that answers from memory, with next to no work.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use super::image;

/// How many images a page has.
pub(crate) const PAGE: usize = 100;

/// What it answers: an image to a path that ends in a hash, and otherwise a page.
struct Answers {
    image: Vec<u8>,
    page: Vec<u8>,
}

/// Starts it on threads of its own, which end with the process. Gives the URL of its root.
pub(crate) fn start() -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let answers = Arc::new(Answers {
        image: answer(&image::image(0)),
        page: answer(&image::page(PAGE)),
    });
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let answers = answers.clone();
            // A connection that breaks is the client's to tell.
            thread::spawn(move || serve(&connection, &answers).ok());
        }
    });
    format!("http://{address}")
}

fn answer(json: &str) -> Vec<u8> {
    let length = json.len();
    format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{json}").into_bytes()
}

fn serve(mut connection: &TcpStream, answers: &Answers) -> std::io::Result<()> {
    connection.set_nodelay(true)?;
    let mut lines = BufReader::new(connection);
    let (mut line, mut is_page) = (String::new(), false);
    while lines.read_line(&mut line)? > 0 {
        if line.starts_with("GET ") {
            is_page = line.contains('?');
        } else if line == "\r\n" {
            connection.write_all(if is_page {
                &answers.page
            } else {
                &answers.image
            })?;
        }
        line.clear();
    }
    Ok(())
}
