//! An emulator, and what the tests ask of it.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};
use reqwest::Client;
use reqwest::multipart::{Form, Part};
use rokka_emulator::Emulator;
use serde_json::Value;

pub(crate) struct Server {
    pub(crate) emulator: Emulator,
    http: Client,
}

pub(crate) struct Rendered {
    pub(crate) status: u16,
    pub(crate) mimetype: String,
    /// What the response says was left out.
    pub(crate) unsupported: Option<String>,
    pub(crate) bytes: Vec<u8>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        // reqwest needs a TLS provider to build a client, even for plain HTTP.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self {
            emulator: Emulator::start().await,
            http: Client::builder().no_proxy().build().unwrap(),
        }
    }

    /// Uploads a file, and returns its hash.
    pub(crate) async fn upload(&self, name: &str, bytes: Vec<u8>) -> String {
        let part = Part::bytes(bytes).file_name(name.to_owned());
        let request = self
            .http
            .post(format!("{}/sourceimages/acme", self.emulator.url()))
            .header("Api-Key", self.emulator.api_key())
            .multipart(Form::new().part("filedata", part));
        let response = request.send().await.unwrap();
        let status = response.status();
        let body: Value = response.json().await.unwrap();
        let hash = body["items"][0]["hash"].as_str();
        hash.unwrap_or_else(|| panic!("{status} {body}")).to_owned()
    }

    /// Sets dynamic metadata, and returns the new hash.
    pub(crate) async fn describe(&self, hash: &str, kind: &str, value: Value) -> String {
        let path = format!("/sourceimages/acme/{hash}/meta/dynamic/{kind}");
        let request = self
            .http
            .put(format!("{}{path}", self.emulator.url()))
            .header("Api-Key", self.emulator.api_key())
            .json(&value);
        let response = request.send().await.unwrap();
        assert!(response.status().is_success(), "{kind} {value}");
        let location = response.headers()["location"].to_str().unwrap();
        location.rsplit('/').next().unwrap().to_owned()
    }

    /// Renders `dynamic/{operations}/{hash}.{format}`; the operations may be empty.
    pub(crate) async fn render(&self, operations: &str, hash: &str, format: &str) -> Rendered {
        let operations = match operations {
            "" => String::new(),
            operations => format!("/{operations}"),
        };
        self.get(&format!("/dynamic{operations}/{hash}.{format}"))
            .await
    }

    /// Creates a stack.
    pub(crate) async fn stack(&self, name: &str, definition: Value) {
        let request = self
            .http
            .put(format!("{}/stacks/acme/{name}", self.emulator.url()))
            .header("Api-Key", self.emulator.api_key())
            .json(&definition);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 201, "{name} {definition}");
    }

    /// Renders a stack as [`pixels`](Self::pixels) renders operations.
    pub(crate) async fn stack_pixels(&self, stack: &str, hash: &str) -> RgbaImage {
        let rendered = self.get(&format!("/{stack}/{hash}.png")).await;
        assert_eq!(rendered.unsupported, None, "{stack}");
        rendered.picture().into_rgba8()
    }

    /// Requests a path of the render host.
    pub(crate) async fn get(&self, path: &str) -> Rendered {
        let url = format!("{}{path}", self.emulator.render_host());
        let response = self.http.get(url).send().await.unwrap();
        let header = |name: &str| {
            let value = response.headers().get(name)?;
            Some(value.to_str().unwrap().to_owned())
        };
        Rendered {
            status: response.status().as_u16(),
            mimetype: header("content-type").unwrap_or_default(),
            unsupported: header("x-rokka-emulator-unsupported"),
            bytes: response.bytes().await.unwrap().to_vec(),
        }
    }

    /// Renders a PNG in which nothing was left out, and returns its pixels.
    pub(crate) async fn pixels(&self, operations: &str, hash: &str) -> RgbaImage {
        let rendered = self.render(operations, hash, "png").await;
        assert_eq!(rendered.unsupported, None, "{operations}");
        rendered.picture().into_rgba8()
    }
}

impl Rendered {
    pub(crate) fn picture(&self) -> DynamicImage {
        let text = String::from_utf8_lossy(&self.bytes);
        assert_eq!(self.status, 200, "{text}");
        let picture = image::load_from_memory(&self.bytes);
        picture.unwrap_or_else(|error| panic!("{error}: {} {text:.99}", self.mimetype))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

/// Returns a picture in which every pixel says where it is.
pub(crate) fn coordinates(width: u32, height: u32) -> RgbaImage {
    RgbaImage::from_fn(width, height, |x, y| {
        let [high_x, low_x] = u16::try_from(x).unwrap().to_be_bytes();
        let [high_y, low_y] = u16::try_from(y).unwrap().to_be_bytes();
        Rgba([low_x, low_y, high_x * 16 + high_y, 255])
    })
}

/// Returns where a pixel of [`coordinates`] was.
pub(crate) fn place(pixel: Rgba<u8>) -> (u32, u32) {
    let [x, y, high, _] = pixel.0.map(u32::from);
    (x + (high / 16) * 256, y + (high % 16) * 256)
}

pub(crate) fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

pub(crate) fn png(picture: RgbaImage) -> Vec<u8> {
    encoded(&picture.into(), ImageFormat::Png)
}

pub(crate) fn close(pixel: &Rgba<u8>, expected: [u8; 4], tolerance: u8) -> bool {
    pixel
        .0
        .iter()
        .zip(expected)
        .all(|(one, other)| one.abs_diff(other) <= tolerance)
}
